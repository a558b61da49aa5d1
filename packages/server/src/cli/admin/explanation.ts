import { decisive, type Reason, type Value } from '@rejoin/profile'
import type { Explanation } from '../../inquiry/explain.ts'
import type { Past } from '../../inquiry/past.ts'
import type { Held, Near, NotHeld, Place, Selection } from '../../inquiry/standing.ts'

/** An explanation for people: the answer, the path or the obstacles, what stays on the relay, what changed. */
export const explanationLines = (explanation: Explanation): string[] => {
  const { table, id, user, held, profile, standing, record, without = [], past } = explanation
  const by = profile === undefined ? '' : `, by profile ${profile.profile}${profile.version === undefined ? '' : ` version ${profile.version}`} (${whose[profile.why]})` // prettier-ignore
  return [
    `${table} ${id} is ${held ? '' : 'not '}on the devices of ${user}${by}`,
    ...(profile?.conflict === true ? ['  several profiles claim the user alike: settle which'] : []),
    ...(record === undefined ? [] : [`  it is ${record}`]),
    ...indented(standing.held ? heldLines(table, standing) : missedLines(standing)),
    ...(without.length === 0
      ? []
      : [`without ${without.map(({ column, why }) => `${column} (${why.join(', ')})`).join(', ')}`]),
    ...(past === undefined ? [] : [pastLine(past)]),
  ]
}

const whose = { direct: 'assigned', team: 'of a team', app: 'default of the app' } as const

const heldLines = (table: string, standing: Held): string[] =>
  standing.why === 'selected'
    ? selectionLines(table, standing.by)
    : [
        `<- ${placeText(standing.from)} by ${standing.relationship}`,
        ...heldLines(standing.from.table, standing.from.standing),
      ]

type Missed = Exclude<Explanation['standing'], { readonly held: true }>

const missedLines = (standing: Missed): string[] => {
  switch (standing.why) {
    case 'no-profile':
      return ['no profile of this app is the user’s']
    case 'not-published':
      return ['the profile was never published']
    case 'table-not-in-profile':
      return ['the profile has no item for the table']
    case 'no-read-right':
      return ['no role of the user opens the table']
    case 'no-such-record':
      return ['there is no such record']
    case 'out-of-reach':
      return [`the user reads no further than ${standing.depth}; the owner is ${standing.owner ?? 'nobody'}${standing.unit === undefined ? '' : `, the unit ${standing.unit}`}`] // prettier-ignore
    case 'not-selected':
      return [...selectionLines('', standing.by), ...standing.near.flatMap(nearLines)]
  }
}

const nearLines = ({ relationship, table, rows, nearest }: Near): string[] =>
  rows === 0
    ? [`${relationship}: no ${table} brings it`]
    : [
        `${relationship}: ${rows} ${table} would bring it, and none is held`,
        ...nearest.flatMap(near => indented([placeText(near), ...indented(missedLines(near.standing satisfies NotHeld))])), // prettier-ignore
      ]

const selectionLines = (table: string, by: Selection): string[] => {
  const item = table === '' ? 'its item' : `the item ${table}`
  switch (by.kind) {
    case 'all':
      return [`${item}: all records`]
    case 'related':
      return [`${item}: related only`]
    case 'other':
      return [`${item}: ${by.asks.join(' or ')}; the owner is ${by.owner ?? 'nobody'}${by.unit === undefined ? '' : `, the unit ${by.unit}`}`] // prettier-ignore
    case 'custom':
      return [`${item}: custom filter`, ...indented(decisive(by.reason).flatMap(reasonLines))]
  }
}

const reasonLines = (reason: Reason): string[] => {
  const sign = reason.holds ? '+' : '-'
  if ('members' in reason) return reason.members.flatMap(reasonLines)
  if (reason.kind === 'link') {
    const { link, table, from, to } = reason.link
    const rows = reason.rows.flatMap(({ id, where }) => [
      `${table} ${id}`,
      ...(where === undefined ? [] : indented(decisive(where).flatMap(reasonLines))),
    ])
    return [`${sign} ${link} ${table} with ${from} = ${to}: ${reason.linked}`, ...indented(rows)]
  }
  const { column, op } = reason.condition
  const given = 'value' in reason.condition ? ` ${JSON.stringify(reason.condition.value)}` : ''
  return [`${sign} ${column} ${op}${given}: ${valueText(reason.value)}${meaningText(reason.means)}`]
}

const meaningText = (means: Extract<Reason, { kind: 'condition' }>['means']): string => {
  if (means === undefined) return ''
  if ('oneOf' in means) return ` (asked is ${means.oneOf.length === 0 ? 'nothing' : means.oneOf.join(', ')})`
  return ` (asked is ${means.from ?? '…'} to ${means.to ?? '…'})`
}

const pastLine = (past: Past): string => {
  switch (past.why) {
    case 'republished':
      return `no longer: version ${past.version} of the profile had it`
    case 'time':
      return `no longer: it was held on ${timeText(past.at)}; time has passed`
    case 'changed':
    case 'deleted': {
      const changes = Object.entries(past.changes).map(([column, [a, b]]) => `${column} ${valueText(a)} → ${valueText(b)}`) // prettier-ignore
      const { table, id } = past.record
      const what = changes.length === 0 ? '' : `: ${changes.join(', ')}`
      return `no longer since revision ${past.rev}: ${past.by} ${past.why} ${table} ${id} at ${timeText(past.at)}${what}`
    }
  }
}

const placeText = ({ table, id, name }: Place): string => `${table} ${id}${name === undefined ? '' : ` “${name}”`}`
const valueText = (value: Value): string => (value === null ? 'empty' : JSON.stringify(value))
const timeText = (at: number): string => new Date(at).toISOString()
const indented = (lines: readonly string[]): string[] => lines.map(line => `  ${line}`)
