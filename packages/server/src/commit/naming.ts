import type { Answer, ChangedBy } from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import type { Storage } from '../storage/storage.ts'
import type { Judged } from './submission.ts'

/**
 * A question says who is on the other side. Whose the changes were that it met is not known inside the commit that found
 * them, so it is read once that is done, and only where something is asked. What is kept of the outcome names nobody:
 * asked again, it is answered with the names of then.
 */
export const named = async (
  storage: Storage,
  environment: Environment,
  judged: readonly (readonly Judged[])[],
): Promise<readonly (readonly Judged[])[]> => {
  const asked = new Set(judged.flat().flatMap(({ answer }) => othersIn(answer).map(({ edit }) => edit)))
  if (asked.size === 0) return judged
  const edits = await storage.snapshot(view => view.edits([...asked]))
  const byId = new Map(edits.map(edit => [edit.edit, edit]))
  const nameOf = (change: ChangedBy): ChangedBy => {
    const edit = byId.get(change.edit)
    return edit === undefined ? change : { ...change, author: personIn(environment, edit.author), at: edit.received }
  }
  return judged.map(each => each.map(one => ({ ...one, answer: withNames(one.answer, nameOf) })))
}

/** As people are told of one another: whoever is no user any more still has his id. */
export const personIn = (environment: Environment, id: string): NonNullable<ChangedBy['author']> => ({
  id,
  name: environment.person(id)?.name ?? id,
})

const othersIn = (answer: Answer): readonly ChangedBy[] => (answer.status === 'held' ? (answer.question?.by ?? []) : [])

const withNames = (answer: Answer, nameOf: (change: ChangedBy) => ChangedBy): Answer =>
  answer.status !== 'held' || answer.question?.by === undefined
    ? answer
    : { ...answer, question: { ...answer.question, by: answer.question.by.map(nameOf) } }
