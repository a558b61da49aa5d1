import { type Fields, nowhere, type Value } from '@rejoin/profile'
import type { WriteKind } from '@rejoin/server'
import type { Chance } from './chance.ts'
import { pick } from './chance.ts'
import { broken } from './failure.ts'
import type { Oracle } from './oracle/oracle.ts'
import { isSealed, personOf } from './places.ts'
import type { SimulatedRelay } from './relay.ts'

/** The back office: Ada at her desk, writing straight through the relay's commit path. */
export interface Office {
  write(kind: WriteKind, table: string, record: string, values: Fields): void
}

const OFFICE = '00000000000000ff'

export const createOffice = (
  relay: SimulatedRelay,
  oracle: Oracle,
  chance: Chance,
  alarm: (error: unknown) => void,
): Office => ({
  write: (kind, table, record, values) => {
    if (!relay.running) return
    const id = uuid(chance)
    const standing = oracle.records.get(`${table}/${record}`)
    const before = standing?.content.fields ?? {}
    oracle.authored(
      {
        id,
        author: 'ada',
        device: OFFICE,
        seq: 0,
        tick: 0,
        at: 0,
        table,
        record,
        kind,
        base: standing === undefined ? nowhere : { rev: standing.rev, commit: oracle.commitOf(standing.rev) },
        incarnation: standing?.incarnation ?? '',
        changes:
          kind === 'delete'
            ? {}
            : Object.fromEntries(
                Object.entries(values).map(([column, after]): [string, [Value, Value]] => [
                  column,
                  [before[column] ?? null, after],
                ]),
              ),
        update: new Uint8Array(),
      },
      'ada',
    )
    const live = standing !== undefined && !standing.content.deleted
    const contradicts =
      isSealed(table, kind, standing?.content.fields) &&
      (kind === 'delete' || Object.entries(values).some(([column, value]) => (before[column] ?? null) !== value))
    const expected =
      kind === 'create' ? (live ? 'exists' : 'applied') : !live ? 'not-found' : contradicts ? 'rule' : 'applied'
    const person = personOf('ada')
    void relay
      .core()
      .committer.submit([{ from: 'online', id, person, kind, table, record, values: kind === 'delete' ? {} : values }])
      .then(([judged]) => {
        const said = judged!.answer.status === 'rejected' ? judged!.answer.code : judged!.answer.status
        if (said !== expected)
          broken('the back office writes on the record as it is', { kind, table, record, said, expected })
      })
      .catch(alarm)
  },
})

/** A UUIDv7 in form; its time does not matter here. */
export const uuid = (chance: Chance): string => {
  const hex = Buffer.from(chance.bytes(16)).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-${pick(['8', '9', 'a', 'b'], chance.below(4))}${hex.slice(17, 20)}-${hex.slice(20)}`
}
