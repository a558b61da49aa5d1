/** The mutations of `npx pnpm conformance --mutate`. To add one, add one object. */
import type { Mutation } from './mutation.ts'

const judge = 'packages/profile/src/merge/judge.ts'
const mergeEdit = 'packages/profile/src/merge/merge-edit.ts'
const decide = 'packages/server/src/commit/decide.ts'
const admission = 'packages/server/src/commit/admission.ts'
const strategy = 'packages/profile/src/merge/strategy.ts'

const merging: readonly string[] = ['profile/src/merge']
const committing: readonly string[] = ['server/src/commit']

export const mutations: readonly Mutation[] = [
  {
    name: 'no conflict is ever seen',
    file: judge,
    find: 'if (standing.changed <= known) return undefined',
    replace: 'return undefined',
    proves: ['CF1', 'CF4'],
    tests: merging,
  },
  {
    name: 'the device wins only its columns',
    file: strategy,
    find: "image: true, decide: () => 'mine' }",
    replace: "image: true, decide: () => 'merged' }",
    proves: ['CF3'],
    tests: merging,
  },
  {
    name: 'the server wins only where columns meet',
    file: strategy,
    find: "image: false, decide: () => 'theirs' }",
    replace: "image: false, decide: () => 'merged' }",
    proves: ['CF4', 'CF5'],
    tests: merging,
  },
  {
    name: 'what a conflict overwrote is not written down',
    file: mergeEdit,
    find: '...(verdict.conflict === undefined',
    replace: '...(verdict.conflict !== undefined',
    proves: ['CF6'],
    tests: committing,
  },
  {
    name: 'an update of a deleted record is not found even where its author did not know',
    file: judge,
    find: 'if (conflict === undefined) return theirs.deleted',
    replace: 'if (conflict === undefined || theirs.deleted) return theirs.deleted',
    proves: ['CF7'],
    tests: merging,
  },
  {
    name: 'a delete wins under server wins',
    file: judge,
    find: "if (edit.kind === 'delete' && theirs.deleted) return",
    replace: "if (edit.kind === 'delete') return",
    proves: ['CF8'],
    tests: merging,
  },
  {
    name: 'a create over a living record is taken',
    file: judge,
    find: 'return standing.content.deleted ?',
    replace: 'return standing.content.deleted || edit.tick > 0 ?',
    proves: ['CF9'],
    tests: merging,
  },
  {
    name: 'an edit after a lost one is judged on its own',
    file: judge,
    find: "after?.status === 'lost' && base < after.to",
    replace: 'false && base < (after?.status === "lost" ? after.to : 0)',
    proves: ['CF11'],
    tests: merging,
  },
  {
    name: "Yjs's tie-break decides",
    file: 'packages/profile/src/record/document.ts',
    find: 'if (Object.keys(writes).length > 0) write(doc, authority, writes)',
    replace: 'void [writes, authority]',
    proves: ['CF13'],
    tests: merging,
  },
  {
    name: 'an edit that was answered before is merged again',
    file: decide,
    find: 'if (known !== undefined) return known.device === author.device ? judged(edit, known.outcome) : foreign(edit)',
    replace: 'if (known !== undefined && known.device !== author.device) return foreign(edit)',
    proves: ['OB11'],
    tests: committing,
  },
  {
    name: 'nobody asks for rights',
    file: admission,
    find: 'if (judgedOn !== undefined && !rights.reaches(table.name, right, judgedOn)) {',
    replace: 'if (judgedOn === undefined && right === undefined) {',
    proves: ['SE2'],
    tests: committing,
  },
  {
    name: 'values are taken as they come',
    file: admission,
    find: "if (wrong !== undefined) return rejected('invalid', wrong, column.name)",
    replace: 'void wrong',
    proves: ['ER1'],
    tests: committing,
  },
  {
    name: 'a group takes effect without the edit that was refused',
    file: decide,
    find: 'if (stopped !== undefined) return edits.map(',
    replace: 'trial.keep()\n  if (stopped !== undefined) return edits.map(',
    proves: ['OB13'],
    tests: committing,
  },
  {
    name: 'an edit behind a refused one is merged',
    file: judge,
    find: "(after.status === 'rejected' || after.status === 'held' || after.status === 'withdrawn')",
    replace: "after.status === 'withdrawn'",
    proves: ['OB7'],
    tests: committing,
  },
  {
    name: 'a withdrawal leaves no trace',
    file: decide,
    find: "outcome: { status: 'withdrawn' },\n  })\n  return { ...at, answer: { status: 'withdrawn' } }",
    replace: "outcome: { status: 'held', by: '' },\n  })\n  return { ...at, answer: { status: 'withdrawn' } }",
    proves: ['OB10'],
    tests: committing,
  },
]
