import { RejoinFault } from '../device/fault.ts'
import type { Draft } from '../replica/draft.ts'
import type { Pen } from '../replica/recording.ts'
import { save } from '../table/saving.ts'

/** The form becomes an edit and is no draft any more, in one commit. @throws RejoinFault, then it stays a draft */
export const submit = (draft: Draft, name: string, newId: string, pen: Pen): void => {
  const form = draft.forms.get(name)
  if (form === undefined) throw new RejoinFault({ code: 'not-found', message: `there is no draft named ${name}` })
  const { table, record, values } = form
  const wish =
    record === undefined
      ? ({ kind: 'create', table, id: newId, values } as const)
      : ({ kind: 'update', table, id: record, values } as const)
  save(draft, wish, pen)
  draft.forms.set(name, undefined)
}
