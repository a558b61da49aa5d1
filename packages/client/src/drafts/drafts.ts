import type { SchemaSource, TableName } from '@rejoin/profile'
import type { Act } from '../device/act.ts'
import { RejoinFault } from '../device/fault.ts'
import type { Host } from '../device/host.ts'
import { createDerived, type Observable } from '../observe/observable.ts'
import type { Reading } from '../replica/replica.ts'
import { creation } from '../table/table.ts'
import type { FormDraft } from './form-draft.ts'

/** Forms of this device that were saved but not submitted, the latest first. They survive restart, expiry and clearing. */
export interface Drafts<S extends SchemaSource = SchemaSource> extends Observable<readonly FormDraft[]> {
  /** undefined where nothing is kept under this name */
  get(name: string): FormDraft | undefined
  /** replaces what was kept under this name; @throws RejoinFault `invalid` for a name that is none */
  keep(
    name: string,
    form: {
      readonly table: TableName<S>
      /** the record it changes; absent where it creates one */
      readonly record?: string
      /** as typed, by column name: JSON data, checked when it is submitted */
      readonly values: Readonly<Record<string, unknown>>
    },
  ): Promise<void>
  /** no error where there is none */
  drop(name: string): Promise<void>
  /** saves it as an edit, and drops it in the same commit; @returns the record's id; @throws RejoinFault, then it stays */
  submit(name: string): Promise<string>
}

export interface DraftsParts {
  readonly replica: Reading
  readonly act: (act: Act) => Promise<void>
  readonly host: Host
}

export const createDrafts = ({ replica, act, host }: DraftsParts): Drafts => {
  const forms = (): ReadonlyMap<string, FormDraft> => replica.memory.forms
  const list = createDerived(() => [...forms().values()].toSorted((a, b) => b.savedAt - a.savedAt), host.report)
  replica.touched.subscribe(({ drafts, state }) => {
    if (drafts || state) list.stale()
  })
  return {
    get current() {
      return list.current
    },
    subscribe: list.subscribe,
    get: name => forms().get(name),
    keep: async (name, { table, record, values }) => {
      if (name === '' || /\p{Surrogate}/u.test(name)) {
        throw new RejoinFault({ code: 'invalid', message: 'a draft has a name', table })
      }
      const typed = JSON.parse(JSON.stringify(values)) as FormDraft['values']
      const form = { name, table, values: typed, savedAt: host.now(), ...(record === undefined ? {} : { record }) }
      await act({ do: 'keep', draft: form })
    },
    drop: name => act({ do: 'drop', draft: name }),
    submit: async name => {
      const form = forms().get(name)
      const id = form === undefined ? '' : (form.record ?? creation({ replica, host }, form.table, form.values).id)
      await act({ do: 'submit', draft: name, id })
      return id
    },
  }
}
