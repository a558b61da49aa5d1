import type { StrategyName, Table, Value } from '@rejoin/profile'
import { table } from '../report/table.ts'
import { tone } from '../report/tone.ts'
import type { ActReport, DemoReport, Reason, SceneReport, Side, Version } from './report.ts'
import { people } from './stage.ts'
import { type Cast, scenesOf, shown } from './story.ts'

/** The story as a terminal shows it: short acts with headings, tables, a verdict. */
export const settingOf: Readonly<Record<StrategyName, string>> = {
  clientWins: 'conflict detection No: the device wins',
  serverWins: 'conflict detection Yes: the server wins',
  merge: 'merge: column by column, the later edit takes a column both changed',
  ask: 'ask: the author is asked',
}

export const heading = (text: string): string => `\n${tone('good', '■')} ${text}\n`
export const stepText = (text: string): string => `  ${tone('faint', '·')} ${text}`

const sides: readonly Side[] = ['first', 'second', 'office']
const DELETED = 'deleted'

/** What each side wrote and what each record became. */
export const happened = ({ records }: ActReport, cast: Cast): string =>
  indented(
    table(
      ['record', 'column', 'before', ...sides.map(side => people[side].name), 'became'],
      records.flatMap(record => {
        const columns = scenesOf(cast).find(({ title }) => title === record.scene)!.columns
        return columns.map((column, at) => {
          const cell = (row: SceneReport['became'] | undefined): string =>
            row === undefined
              ? ''
              : row === 'deleted'
                ? at === 0
                  ? DELETED
                  : ''
                : column.name in row
                  ? shown(column, row[column.name])
                  : ''
          const { became } = record
          return [
            at === 0 ? record.name : '',
            column.displayName ?? column.name,
            shown(column, record.before[column.name]),
            ...sides.map(side => cell(record.wrote[side])),
            became === 'deleted' ? cell(became) : shown(column, became[column.name]),
          ]
        })
      }),
    ),
  )

/** Why: the conflicts of the act as the ledger has them, with both versions. */
export const reasons = ({ records }: ActReport, cast: Cast): string => {
  const rows = records.flatMap(record => {
    const columns = scenesOf(cast).find(({ title }) => title === record.scene)!.columns
    const version = ({ values, deleted }: Version): string =>
      deleted ? DELETED : columns.map(column => shown(column, values[column.name] as Value | undefined)).join(' | ')
    const change = ({ kind, changes }: Reason): string =>
      kind === 'delete'
        ? DELETED
        : columns
            .filter(({ name }) => name in changes)
            .map(column => shown(column, changes[column.name]![1]))
            .join(' | ')
    return record.why.map(reason => [
      record.name,
      reason.who,
      change(reason),
      version(reason.theirs),
      `${reason.strategy}: ${reason.status === 'lost' ? 'lost' : 'taken'}`,
      version(reason.result),
      reason.rev,
    ])
  })
  if (rows.length === 0) return '  No conflict.'
  return indented(table(['why (ledger)', 'edit of', 'wrote', 'and met', 'settled by', 'result', 'revision'], rows))
}

/** The same four records under each strategy, side by side. */
export const sideBySide = (acts: readonly ActReport[], cast: Cast): string =>
  indented(
    table(
      ['conflict', 'column', ...acts.map(({ strategy }) => strategy)],
      scenesOf(cast).flatMap(({ title, columns }) =>
        columns.map((column, at) => [
          at === 0 ? title : '',
          column.displayName ?? column.name,
          ...acts.map(({ records }) => {
            const became = records.find(({ scene }) => scene === title)!.became
            return became === 'deleted' ? (at === 0 ? DELETED : '') : shown(column, became[column.name])
          }),
        ]),
      ),
    ),
  )

export const proofText = ({ proof, ok, seconds, rows }: DemoReport, { displayName, name }: Table): string => {
  const { accounts } = proof
  const fingerprints = new Set(proof.replicas.map(({ fingerprint }) => fingerprint))
  const lines = [
    indented(
      table(
        ['replica', 'rows', 'fingerprint'],
        proof.replicas.map(replica => [replica.name, replica.rows, replica.fingerprint]),
      ),
    ),
    '',
    `  ${proof.saved} edits saved on devices: ${accounts.applied} applied, ${accounts.lost} lost to a conflict, ${accounts.rejected} refused, ${accounts.inOutbox} waiting, ${accounts.unaccounted} unaccounted for`,
    `  ${proof.conflicts} conflicts in the ledger with both versions; ${proof.revisions} revisions, each of one edit`,
    ...proof.breaches.map(breach => `  ${tone('bad', breach)}`),
    '',
    ok
      ? tone('good', `All ${proof.replicas.length} replicas have one fingerprint and every edit is accounted for.`)
      : tone('bad', `${fingerprints.size} fingerprints, ${proof.breaches.length} breaches: the promise is broken.`),
    tone('faint', `${rows} rows (${displayName ?? name} and what belongs to it) in ${seconds.toFixed(1)} s`),
  ]
  return lines.join('\n')
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map(line => (line === '' ? line : `  ${line}`))
    .join('\n')
