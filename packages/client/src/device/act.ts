import { discard, resolve, restore, retry } from '../outbox/actions.ts'
import type { Draft } from '../replica/draft.ts'
import type { Pen } from '../replica/recording.ts'
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

/** Changes what the device is about; doing it twice is doing it once. */
export type Switch =
  | { readonly do: 'pause'; readonly reason: string }
  | { readonly do: 'resume'; readonly reason: string }
  | { readonly do: 'connect' }
  | { readonly do: 'disconnect' }

const switches: readonly Act['do'][] = ['pause', 'resume', 'connect', 'disconnect'] satisfies Switch['do'][]

export const isSwitch = (act: Act): act is Switch => switches.includes(act.do)

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
  }
}
