import { failed, ok, type Result } from '../fault.ts'
import type { Schema } from '../schema/schema.ts'
import { checkProfile } from './check.ts'
import { canonical, sameProfile } from './document.ts'
import { type Known, knownAt } from './known.ts'
import { documentedLimits, type ProfileLimits } from './limits.ts'
import type { ProfileSource, PublishedProfile } from './profile.ts'

/**
 * The life of a profile (PR1 to PR3): plain data, stored as it is, and transitions that return the next state.
 *
 *     begin ──► Unpublished ── publish ──► Published ── edit ──► Unpublished with what is published beside the draft
 *                                              ▲                      │
 *                                              └── publish, discard ──┘
 *
 * Devices know `published` alone, so that nothing of a draft reaches them. Every publication is kept, for comparison.
 */
export type ProfileLife = UnpublishedLife | PublishedLife

export interface UnpublishedLife {
  readonly state: 'Unpublished'
  readonly draft: ProfileSource
  readonly published?: Publication
  readonly earlier: readonly Publication[]
}

export interface PublishedLife {
  readonly state: 'Published'
  readonly published: Publication
  /** oldest first */
  readonly earlier: readonly Publication[]
}

export interface Publication {
  /** with the number of this publication */
  readonly profile: PublishedProfile
  /** ms since 1970 */
  readonly at: number
  /** of the schema it was published on, for its drift */
  readonly known: Known
}

/** What an administrator sees and edits: the draft, or what is published where there is none. */
export const shownProfile = (life: ProfileLife): ProfileSource =>
  life.state === 'Unpublished' ? life.draft : definitionOf(life.published)

export const beginProfile = (draft: ProfileSource): UnpublishedLife => ({
  state: 'Unpublished',
  draft: canonical(draft),
  earlier: [],
})

/** The whole next draft. One that says what is published already is none. */
export const editProfile = (life: ProfileLife, draft: ProfileSource): ProfileLife => {
  const { published, earlier } = life
  if (published === undefined) return beginProfile(draft)
  if (sameProfile(definitionOf(published), draft)) return { state: 'Published', published, earlier }
  return { state: 'Unpublished', draft: canonical(draft), published, earlier }
}

/** Back to what is published. A profile that never was keeps its draft: there is nothing to go back to. */
export const discardDraft = (life: ProfileLife): ProfileLife => {
  const { published, earlier } = life
  return published === undefined ? life : { state: 'Published', published, earlier }
}

/** The next version, or every fault of the draft, and nothing has changed (PR3). @param at ms since 1970 */
export const publishProfile = (
  life: ProfileLife,
  schema: Schema,
  at: number,
  limits: ProfileLimits = documentedLimits,
): Result<PublishedLife> => {
  if (life.state === 'Published') {
    const fix = 'edit the profile first'
    return failed({ code: 'no-draft', at: `profile ${life.published.profile.name}`, message: 'has no draft', fix })
  }
  const { draft, published, earlier } = life
  const faults = checkProfile(schema, draft, limits)
  if (faults.length > 0) return failed(...faults)
  const version = (published?.profile.version ?? 0) + 1
  return ok({
    state: 'Published',
    published: {
      profile: Object.freeze({ ...canonical(draft), version }),
      at,
      known: knownAt(schema, draft, published?.known),
    },
    earlier: published === undefined ? earlier : [...earlier, published],
  })
}

/** A profile of its own, with no version and no vendor (MG4). */
export const copyProfile = (life: ProfileLife, name: string): UnpublishedLife =>
  beginProfile({ ...shownProfile(life), name })

/** A publication by its number, for comparison. */
export const versionOf = ({ published, earlier }: ProfileLife, version: number): Publication | undefined =>
  [...earlier, ...(published === undefined ? [] : [published])].find(({ profile }) => profile.version === version)

export const definitionOf = ({ profile }: Publication): ProfileSource => {
  const { version: _, ...definition } = profile
  return definition
}
