/**
 * What becomes of an edit: the law the code is measured against. Written before `judge`, read by the oracle of
 * the convergence tests and by people; `judge` never reads it.
 *
 * record    how the record stands towards what the author knew (his base):
 *             absent     it never existed                 purged    only its tombstone is left
 *             same       alive, nobody else changed it    changed   alive, changed by others since
 *             gone       deleted, and he knew             deleted   deleted by others since
 * chain     what became of the author's own edit it was made on top of:
 *             none, applied, lost (its author had not seen what it lost to), lostSeen (he had), stopped (rejected,
 *             held or withdrawn). After an applied one, `same` and `changed` count from that edit's revision.
 * becomes   fields = only the edit's values; changes = the record with the edit's values; image = the record as
 *             the author had it; standing = as it was; deleted = the mark is set, fields stay; handled = the record
 *             with what the command's handler makes of it as it stands (where it is not known, on devices: `changes`)
 * ledger    whether both versions are kept; differs = where a handler made something else of it than its author saw
 *
 * A command is no conflict: its handler ran on the record as it stands, whatever the strategy. A handler may refuse.
 */
export interface TruthRow {
  readonly strategy: 'any' | 'clientWins' | 'serverWins' | 'merge' | 'ask'
  readonly kind: 'any' | 'create' | 'update' | 'delete' | 'command'
  readonly record: 'any' | 'absent' | 'purged' | 'same' | 'changed' | 'gone' | 'deleted'
  readonly chain: 'any' | 'none' | 'applied' | 'lost' | 'lostSeen' | 'stopped'
  readonly status: 'applied' | 'lost' | 'held' | 'exists' | 'not-found'
  readonly becomes: 'fields' | 'changes' | 'image' | 'standing' | 'deleted' | 'handled'
  readonly ledger: 'yes' | 'no' | 'differs'
}

const rows = `
strategy   | kind    | record  | chain    | status    | becomes  | ledger
any        | any     | any     | stopped  | held      | standing | no

any        | create  | absent  | none     | applied   | fields   | no
any        | create  | purged  | any      | applied   | fields   | no
any        | create  | gone    | any      | applied   | fields   | no
any        | create  | deleted | any      | applied   | fields   | no
any        | create  | same    | any      | exists    | standing | no
any        | create  | changed | any      | exists    | standing | no

any        | update  | absent  | any      | not-found | standing | no
any        | update  | purged  | any      | not-found | standing | no
any        | update  | gone    | none     | not-found | standing | no
any        | update  | gone    | applied  | not-found | standing | no
any        | update  | gone    | lostSeen | not-found | standing | no
any        | update  | same    | none     | applied   | changes  | no
any        | update  | same    | applied  | applied   | changes  | no
any        | update  | same    | lostSeen | applied   | changes  | no
any        | update  | any     | lost     | lost      | standing | yes
clientWins | update  | changed | none     | applied   | image    | yes
clientWins | update  | changed | applied  | applied   | image    | yes
clientWins | update  | changed | lostSeen | applied   | image    | yes
clientWins | update  | deleted | none     | applied   | image    | yes
clientWins | update  | deleted | applied  | applied   | image    | yes
clientWins | update  | deleted | lostSeen | applied   | image    | yes
serverWins | update  | changed | none     | lost      | standing | yes
serverWins | update  | changed | applied  | lost      | standing | yes
serverWins | update  | changed | lostSeen | lost      | standing | yes
serverWins | update  | deleted | none     | lost      | standing | yes
serverWins | update  | deleted | applied  | lost      | standing | yes
serverWins | update  | deleted | lostSeen | lost      | standing | yes
merge      | update  | changed | none     | applied   | changes  | yes
merge      | update  | changed | applied  | applied   | changes  | yes
merge      | update  | changed | lostSeen | applied   | changes  | yes
merge      | update  | deleted | none     | applied   | changes  | yes
merge      | update  | deleted | applied  | applied   | changes  | yes
merge      | update  | deleted | lostSeen | applied   | changes  | yes
ask        | update  | changed | none     | held      | standing | yes
ask        | update  | changed | applied  | held      | standing | yes
ask        | update  | changed | lostSeen | held      | standing | yes
ask        | update  | deleted | none     | held      | standing | yes
ask        | update  | deleted | applied  | held      | standing | yes
ask        | update  | deleted | lostSeen | held      | standing | yes

any        | delete  | absent  | any      | not-found | standing | no
any        | delete  | purged  | any      | not-found | standing | no
any        | delete  | gone    | none     | not-found | standing | no
any        | delete  | gone    | applied  | not-found | standing | no
any        | delete  | gone    | lostSeen | not-found | standing | no
any        | delete  | same    | none     | applied   | deleted  | no
any        | delete  | same    | applied  | applied   | deleted  | no
any        | delete  | same    | lostSeen | applied   | deleted  | no
any        | delete  | deleted | none     | applied   | standing | no
any        | delete  | deleted | applied  | applied   | standing | no
any        | delete  | deleted | lostSeen | applied   | standing | no
any        | delete  | gone    | lost     | applied   | standing | no
any        | delete  | deleted | lost     | applied   | standing | no
any        | delete  | same    | lost     | lost      | standing | yes
any        | delete  | changed | lost     | lost      | standing | yes
clientWins | delete  | changed | none     | applied   | deleted  | yes
clientWins | delete  | changed | applied  | applied   | deleted  | yes
clientWins | delete  | changed | lostSeen | applied   | deleted  | yes
serverWins | delete  | changed | none     | lost      | standing | yes
serverWins | delete  | changed | applied  | lost      | standing | yes
serverWins | delete  | changed | lostSeen | lost      | standing | yes
merge      | delete  | changed | none     | lost      | standing | yes
merge      | delete  | changed | applied  | lost      | standing | yes
merge      | delete  | changed | lostSeen | lost      | standing | yes
ask        | delete  | changed | none     | held      | standing | yes
ask        | delete  | changed | applied  | held      | standing | yes
ask        | delete  | changed | lostSeen | held      | standing | yes

any        | command | absent  | any      | not-found | standing | no
any        | command | purged  | any      | not-found | standing | no
any        | command | any     | lost     | lost      | standing | yes
any        | command | gone    | any      | not-found | standing | no
any        | command | deleted | any      | not-found | standing | no
any        | command | same    | any      | applied   | handled  | differs
any        | command | changed | any      | applied   | handled  | differs
`

export const truthTable: readonly TruthRow[] = rows
  .trim()
  .split('\n')
  .slice(1)
  .filter(line => line.includes('|'))
  .map(line => {
    const [strategy, kind, record, chain, status, becomes, ledger] = line.split('|').map(cell => cell.trim())
    return { strategy, kind, record, chain, status, becomes, ledger } as TruthRow
  })

/** The first row that fits; every situation has one (truth-table.test.ts). */
export const truthFor = (situation: Pick<TruthRow, 'strategy' | 'kind' | 'record' | 'chain'>): TruthRow | undefined =>
  truthTable.find(row =>
    (['strategy', 'kind', 'record', 'chain'] as const).every(
      part => row[part] === 'any' || row[part] === situation[part],
    ),
  )
