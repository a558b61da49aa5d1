import type { FormDraft } from '../drafts/form-draft.ts'
import { submit } from '../drafts/submit.ts'
import { clearCache, wipe } from '../lifetime/clearing.ts'
import { switchMode } from '../offline/switch-mode.ts'
import { discard, resolve, restore, retry, undo } from '../outbox/actions.ts'
import { takeUnsent } from '../outbox/import.ts'
import type { Unsent, UnsentWork } from '../outbox/unsent.ts'
import { type Pin, type Pinned, putPin, removePin } from '../pins/pin.ts'
import type { Draft } from '../replica/draft.ts'
import type { Pen } from '../replica/recording.ts'
import { chooseSync } from '../sync/choose.ts'
import type { SyncChoice } from '../sync/schedule.ts'
import { save, saveTogether, type Wish } from '../table/saving.ts'

/** What a user does on a device, as data: so that a tab can hand it to the one that writes. */
export type Act = Deed | Switch

/** Changes what the device holds. */
export type Deed =
  | { readonly do: 'save'; readonly wishes: readonly Wish[]; readonly group?: string }
  | { readonly do: 'discard'; readonly entry: string }
  | { readonly do: 'retry'; readonly entry: string }
  | {
      readonly do: 'resolve'
      readonly entry: string
      readonly answer: 'mine' | 'theirs' | Readonly<Record<string, unknown>>
    }
  | { readonly do: 'restore'; readonly conflict: string }
  | { readonly do: 'undo'; readonly table: string; readonly id: string }
  | { readonly do: 'keep'; readonly draft: FormDraft }
  | { readonly do: 'drop'; readonly draft: string }
  /** `id`: of the record it creates, where it creates one */
  | { readonly do: 'submit'; readonly draft: string; readonly id: string }
  | { readonly do: 'import'; readonly work: UnsentWork; readonly without: readonly string[] }
  | {
      readonly do: 'pin'
      readonly pin: Omit<Pin, 'brought' | 'due'>
      /** what the user's rights were when it was fetched */
      readonly rights: string | undefined
      /** by record key */
      readonly rows: readonly (readonly [string, Omit<Pinned, 'by'>])[]
    }
  | { readonly do: 'unpin'; readonly name: string }
  | { readonly do: 'schedule'; readonly times: readonly number[] }
  | { readonly do: 'mode'; readonly offline: boolean }
  | { readonly do: 'sync'; readonly choice: SyncChoice }
  | Removal

/** Takes away what the device holds; `unsent`: what becomes of unsent work. */
export interface Removal {
  readonly do: 'clear' | 'wipe'
  readonly unsent: Unsent
}

/** Changes what the device is about; doing it twice is doing it once. */
export type Switch =
  | { readonly do: 'pause'; readonly reason: string }
  | { readonly do: 'resume'; readonly reason: string }
  | { readonly do: 'send'; readonly entries: readonly string[] }
  | { readonly do: 'acknowledge loss' }
  | { readonly do: 'connect' }
  | { readonly do: 'disconnect' }
  /** resolves when every table was compared */
  | { readonly do: 'refresh' }

const switches: readonly Act['do'][] = [
  'pause',
  'resume',
  'send',
  'acknowledge loss',
  'connect',
  'disconnect',
  'refresh',
] satisfies Switch['do'][]

export const isSwitch = (act: Act): act is Switch => switches.includes(act.do)

export const isRemoval = (act: Act): act is Removal => act.do === 'clear' || act.do === 'wipe'

/** @throws RejoinFault where it cannot be done; then the draft is to be dropped */
export const perform = (draft: Draft, deed: Deed, pen: Pen): void => {
  switch (deed.do) {
    case 'save':
      if (deed.group !== undefined) return saveTogether(draft, deed.wishes, deed.group, pen)
      for (const wish of deed.wishes) save(draft, wish, pen)
      return
    case 'discard':
      return discard(draft, deed.entry, pen)
    case 'retry':
      return retry(draft, deed.entry, {}, pen)
    case 'resolve':
      return resolve(draft, deed.entry, deed.answer, pen)
    case 'restore':
      return restore(draft, deed.conflict, pen)
    case 'undo':
      return undo(draft, deed, pen)
    case 'keep':
      return draft.forms.set(deed.draft.name, deed.draft)
    case 'drop':
      return draft.forms.set(deed.draft, undefined)
    case 'submit':
      return submit(draft, deed.draft, deed.id, pen)
    case 'import':
      return takeUnsent(draft, deed.work, deed.without, pen)
    case 'pin':
      return putPin(draft, deed.pin, new Map(deed.rows), deed.rights)
    case 'unpin':
      return removePin(draft, deed.name)
    case 'schedule':
      return draft.setMeta({ scheduled: deed.times })
    case 'mode':
      return switchMode(draft, deed.offline)
    case 'sync':
      return chooseSync(draft, deed.choice)
    case 'clear':
      return clearCache(draft, deed.unsent, pen)
    case 'wipe':
      return wipe(draft, deed.unsent, pen)
  }
}
