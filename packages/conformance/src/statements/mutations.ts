/** The mutations of `npx pnpm conformance --mutate`. To add one, add one object. */
import type { Mutation } from './mutation.ts'

const judge = 'packages/profile/src/merge/judge.ts'
const mergeEdit = 'packages/profile/src/merge/merge-edit.ts'
const decide = 'packages/server/src/commit/decide.ts'
const admission = 'packages/server/src/commit/admission.ts'
const strategy = 'packages/profile/src/merge/strategy.ts'

const merging: readonly string[] = ['profile/src/merge']
const committing: readonly string[] = ['server/src/commit']
const proving: readonly string[] = ['conformance/src/proofs/local-work', 'conformance/src/proofs/errors']

const simulating: readonly string[] = ['conformance/src/simulator/convergence']

const ONTO_HELD = `  const bytes = held?.envelope === undefined ? envelope : onto(held.envelope, envelope)
  draft.rows.set(key, rowFrom(rev, generation, bytes))
  return true
}

import { packEnvelope, unpackEnvelope } from '@rejoin/profile'
import { mergeUpdates } from 'yjs'
const onto = (held: Uint8Array, next: Uint8Array): Uint8Array =>
  packEnvelope({ ...unpackEnvelope(next), bytes: mergeUpdates([unpackEnvelope(held).bytes, unpackEnvelope(next).bytes]) })`

const simulating: readonly string[] = ['conformance/src/simulator/convergence']

const ONTO_HELD = `  const bytes = held?.envelope === undefined ? envelope : onto(held.envelope, envelope)
  draft.rows.set(key, rowFrom(rev, generation, bytes))
  return true
}

import { packEnvelope, unpackEnvelope } from '@rejoin/profile'
import { mergeUpdates } from 'yjs'
const onto = (held: Uint8Array, next: Uint8Array): Uint8Array =>
  packEnvelope({ ...unpackEnvelope(next), bytes: mergeUpdates([unpackEnvelope(held).bytes, unpackEnvelope(next).bytes]) })`

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
  {
    name: 'a download that has not ended is read',
    file: 'packages/client/src/replica/memory.ts',
    find: "state?.state === 'complete' ? state.generation : state?.previous?.generation",
    replace: 'state?.generation',
    proves: ['FS6'],
    tests: ['conformance/src/proofs/first-sync'],
  },
  {
    name: 'a download replaces the earlier set page by page',
    file: 'packages/client/src/replica/download.ts',
    find: 'page.last ? switching(memory, table, run, staged) : staging(table, staged)',
    replace: '[switching(memory, table, run, staged), staging][0] as ReturnType<typeof switching>',
    proves: ['FS6'],
    tests: ['conformance/src/proofs/first-sync'],
  },
  {
    name: 'a download that was cut begins anew',
    file: 'packages/client/src/replica/replica.ts',
    find: 'after: state.after, columnSet',
    replace: "after: '', columnSet",
    proves: ['FS3'],
    tests: ['conformance/src/proofs/first-sync'],
  },
  {
    name: 'every page counts as a whole table',
    file: 'packages/client/src/session/progress.ts',
    find: 'done: progress.tables.done + (last ? 1 : 0)',
    replace: 'done: progress.tables.done + 1',
    proves: ['FS2'],
    tests: ['conformance/src/proofs/first-sync'],
  },
  {
    name: 'nobody looks at the fingerprint',
    file: 'packages/client/src/session/comparing.ts',
    find: 'fingerprint(each.table) !== each.fingerprint',
    replace: "fingerprint(each.table) === ''",
    proves: ['DS13'],
    tests: ['conformance/src/proofs/delta-sync'],
  },
  {
    name: 'who comes back is sent everything',
    file: 'packages/server/src/session/catch-up.ts',
    find: 'needAfter(part, holding) : needAll',
    replace: 'needAll(part, view.head) : needAll',
    proves: ['DS8'],
    tests: ['conformance/src/proofs/delta-sync'],
  },
  {
    name: 'rows that went stay on the device',
    file: 'packages/client/src/replica/rows.ts',
    find: 'draft.rows.set(key, rowFrom(held?.rev ?? 0, generationIn(state), keeps ? held?.envelope : undefined, why))',
    replace: 'void [keeps, why]',
    proves: ['DS3', 'DS7'],
    tests: ['conformance/src/proofs/delta-sync'],
  },
  {
    name: 'hidden columns leave the relay',
    file: 'packages/server/src/scope/serve.ts',
    find: 'bytes: redact(confirmed.bytes, scope.columns)',
    replace: 'bytes: confirmed.bytes',
    proves: ['SE1'],
    tests: ['conformance/src/proofs/secrecy'],
  },
  {
    name: 'a resume token names rows outside the scope',
    file: 'packages/server/src/session/catch-up.ts',
    find: 'after = rows.at(-1)?.id ?? after',
    replace: 'after = reached',
    proves: ['SE1'],
    tests: ['conformance/src/proofs/secrecy'],
  },
  {
    name: 'an unsent change carries no mark',
    file: 'packages/client/src/outbox/outbox.ts',
    find: "return chain.length > 0 ? 'pending' : undefined",
    replace: 'return undefined',
    proves: ['OB2'],
    tests: ['conformance/src/proofs/outbox'],
  },
  {
    name: 'an action forgets when it was done',
    file: 'packages/client/src/replica/recording.ts',
    find: 'at: intent.at ?? pen.now()',
    replace: 'at: 0',
    proves: ['OB1'],
    tests: ['conformance/src/proofs/outbox'],
  },
  {
    name: 'refused entries go again by themselves',
    file: 'packages/client/src/outbox/outbox-state.ts',
    find: "return state.status === 'sent' || state.status === 'accepted'",
    replace: "return state.status === 'sent' || state.status === 'accepted' || state.status === 'rejected'",
    proves: ['OB8'],
    tests: ['conformance/src/proofs/outbox'],
  },
  {
    name: 'what refers to a new record overtakes its answer',
    file: 'packages/client/src/outbox/sending.ts',
    find: "if (edit.kind === 'create') made.set(key, edit.group)",
    replace: '',
    proves: ['OB7'],
    tests: ['conformance/src/proofs/outbox'],
  },
  {
    name: 'what may have left is discarded without a word',
    file: 'packages/client/src/outbox/outbox-state.ts',
    find: "return state.left ? { status: 'withdrawing', closing: false, told: false } : 'removed'",
    replace: "return 'removed'",
    proves: ['OB10'],
    tests: ['conformance/src/proofs/discard'],
  },
  {
    name: 'a create over a record the device holds is saved',
    file: 'packages/client/src/table/saving.ts',
    find: 'if (isLive(seen)) {',
    replace: "if (isLive(seen) && id === '') {",
    proves: ['LW5'],
    tests: ['conformance/src/proofs/local-work'],
  },
  {
    name: 'ids of the device are of another kind',
    file: 'packages/client/src/device/host.ts',
    find: '| 0x70',
    replace: '| 0x40',
    proves: ['LW7'],
    tests: ['conformance/src/proofs/local-work'],
  },
  {
    name: 'a save waits for the next session',
    file: 'packages/client/src/table/table.ts',
    find: 'await replica.write(draft => save(draft, wish, pen))\n    saved()',
    replace: 'await replica.write(draft => save(draft, wish, pen))',
    proves: ['LW4'],
    tests: ['conformance/src/proofs/local-work'],
  },
  {
    name: 'a list looks again only after a sync',
    file: 'packages/client/src/table/live.ts',
    find: 'if (matching.move(touched)) derived.stale()',
    replace: 'if (matching.move(touched) && touched.state) derived.stale()',
    proves: ['LW9'],
    tests: ['conformance/src/proofs/local-work'],
  },
  {
    name: "a broken line is an entry's error",
    file: 'packages/client/src/outbox/outbox-state.ts',
    find: "const again: EntryState = { status: 'waiting', left: true }",
    replace: "const again: EntryState = { status: 'rejected', code: 'other', message: 'the connection was lost' }",
    proves: ['ER3', 'LW3'],
    tests: proving,
  },
  {
    name: 'a refusal does not say why',
    file: 'packages/client/src/outbox/outbox-state.ts',
    find: "return { status: 'rejected', code, message, ...(column",
    replace: "return { status: 'rejected', code, message: '', ...(column",
    proves: ['OB6'],
    tests: ['conformance/src/proofs/outbox'],
  },
  {
    name: 'simulated: an edit id is judged each time it comes',
    file: decide,
    find: '  if (known !== undefined) return known.device === author.device ? judged(edit, known.outcome) : foreign(edit)',
    replace: '  if (known !== undefined && known.device !== author.device) return foreign(edit)',
    proves: ['CF14'],
    tests: simulating,
  },
  {
    name: 'simulated: client ids are used again after a rejection',
    file: 'packages/client/src/replica/recording.ts',
    find: 'draft.authored.set(key, { ...known, index: known.index + 1 })',
    replace: 'draft.authored.set(key, known)',
    proves: ['CF14'],
    tests: simulating,
  },
  {
    name: 'simulated: confirmed bytes are applied on top of the held ones',
    file: 'packages/client/src/replica/rows.ts',
    find: '  draft.rows.set(key, rowFrom(rev, generation, envelope))\n  return true\n}',
    replace: ONTO_HELD,
    proves: ['CF14'],
    tests: simulating,
  },
  {
    name: "simulated: Yjs's tie-break decides, the relay asserts nothing",
    file: 'packages/profile/src/record/document.ts',
    find: '  if (Object.keys(writes).length > 0) write(doc, authority, writes)',
    replace: '  if (Object.keys(writes).length < 0) write(doc, authority, writes)',
    proves: ['CF13'],
    tests: simulating,
  },
  {
    name: 'simulated: a record forgets which edits are inside',
    file: mergeEdit,
    find: '[edit.device]: Math.max(edit.seq, standing?.confirmed.settled[edit.device] ?? 0),',
    replace: '[edit.device]: 0,',
    proves: ['CF13'],
    tests: simulating,
  },
  {
    name: 'simulated: a lost update is not merged for its clocks',
    file: mergeEdit,
    find: 'const update = sameLife(record, edit) ? edit.update : undefined',
    replace: "const update = sameLife(record, edit) && verdict.status === 'applied' ? edit.update : undefined",
    proves: ['CF14'],
    tests: simulating,
  },
  {
    name: 'simulated: an edit id is judged each time it comes',
    file: decide,
    find: '  if (known !== undefined) return known.device === author.device ? judged(edit, known.outcome) : foreign(edit)',
    replace: '  if (known !== undefined && known.device !== author.device) return foreign(edit)',
    proves: ['CF14'],
    tests: simulating,
  },
  {
    name: 'simulated: client ids are used again after a rejection',
    file: 'packages/client/src/replica/recording.ts',
    find: 'draft.authored.set(key, { ...known, index: known.index + 1 })',
    replace: 'draft.authored.set(key, known)',
    proves: ['CF14'],
    tests: simulating,
  },
  {
    name: 'simulated: confirmed bytes are applied on top of the held ones',
    file: 'packages/client/src/replica/rows.ts',
    find: '  draft.rows.set(key, rowFrom(rev, generation, envelope))\n  return true\n}',
    replace: ONTO_HELD,
    proves: ['CF14'],
    tests: simulating,
  },
  {
    name: "simulated: Yjs's tie-break decides, the relay asserts nothing",
    file: 'packages/profile/src/record/document.ts',
    find: '  if (Object.keys(writes).length > 0) write(doc, authority, writes)',
    replace: '  if (Object.keys(writes).length < 0) write(doc, authority, writes)',
    proves: ['CF13'],
    tests: simulating,
  },
  {
    name: 'simulated: a record forgets which edits are inside',
    file: mergeEdit,
    find: '[edit.device]: Math.max(edit.seq, standing?.confirmed.settled[edit.device] ?? 0),',
    replace: '[edit.device]: 0,',
    proves: ['CF13'],
    tests: simulating,
  },
  {
    name: 'simulated: a lost update is not merged for its clocks',
    file: mergeEdit,
    find: 'const update = sameLife(record, edit) ? edit.update : undefined',
    replace: "const update = sameLife(record, edit) && verdict.status === 'applied' ? edit.update : undefined",
    proves: ['CF14'],
    tests: simulating,
  },
]
