import type { Answer, ChangedBy } from '@rejoin/profile'
import type { Environment } from '../environment/environment.ts'
import type { Storage } from '../storage/storage.ts'
import type { Judged } from './submission.ts'

/**
 * An answer about a conflict says who is on the other side. Whose the changes were that it met is not known inside the
 * commit that found them, so it is read once that is done, and only where there was a conflict. What is kept of the outcome names nobody:
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

const isMerged = (answer: Answer): answer is Extract<Answer, { status: 'applied' | 'lost' }> =>
  answer.status === 'applied' || answer.status === 'lost'

const othersIn = (answer: Answer): readonly ChangedBy[] =>
  (isMerged(answer) ? answer.by : answer.status === 'held' ? answer.question?.by : undefined) ?? []

const withNames = (answer: Answer, nameOf: (change: ChangedBy) => ChangedBy): Answer => {
  if (isMerged(answer)) return answer.by === undefined ? answer : { ...answer, by: answer.by.map(nameOf) }
  if (answer.status !== 'held' || answer.question?.by === undefined) return answer
  return { ...answer, question: { ...answer.question, by: answer.question.by.map(nameOf) } }
}
