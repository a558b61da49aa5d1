import type { Deed, Told } from '../rig/talk.ts'

/** What the devices said they had saved, and what they said was acknowledged: the promises the proof holds them to. */
export interface Claims {
  readonly saved: ReadonlyMap<string, Saved>
  readonly acknowledged: ReadonlySet<string>
  hear(device: string, told: Told): void
}

export interface Saved {
  readonly device: string
  readonly record: string
  readonly what: Deed
}

export const createClaims = (): Claims => {
  const saved = new Map<string, Saved>()
  const acknowledged = new Set<string>()
  return {
    saved,
    acknowledged,
    hear: (device, told) => {
      if (told.told === 'saved') saved.set(told.edit, { device, record: told.record, what: told.what })
      if (told.told === 'settled') acknowledged.add(told.edit)
    },
  }
}
