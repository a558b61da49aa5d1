import { encodeDown, type Plan, type Position, sql, type Synced } from '@rejoin/profile'
import type { Members } from '../../scope/members.ts'
import type { View } from '../../storage/storage.ts'
import { fingerprintOf } from './fingerprints.ts'
import { changedOf, deletedSince, readListed, sendChanged, sendListed } from './listed.ts'
import { type Need, needsOf } from './need.ts'
import { checkRowCaps } from './row-caps.ts'
import { type CatchUp, sendChanges } from './run.ts'
import { sendBatch, sendSince, sendWhole } from './whole.ts'

/**
 * Brings tables of a device from what it holds to the present: pages of tables it lacks, as of R0; then everything that
 * changed since, to R1; then the fingerprints at R1. Live changes follow from R1. Tables that are held whole are read as
 * they are stored; of the others the database is asked which rows the scope holds.
 *
 * @returns the position those tables have reached
 * @throws TooManyRows before any is sent, where pages are due and the scope has more rows than a device may hold
 */
export const catchUp = async (run: CatchUp): Promise<Position> => {
  const { needs, listed } = await run.storage.snapshot(async view => {
    const found = await needsOf(view, run)
    const list = await listedAt(view, run)
    if (found.some(({ pages }) => pages !== undefined)) {
      const counts = await view.counts()
      const held = [...run.scope.tables.keys()].map(
        table => [table, list.members.get(table)?.length ?? counts.get(table) ?? 0] as const,
      )
      checkRowCaps(new Map(held), run.rowCaps)
      run.send(await planFrame(view, found, list.members, counts))
    }
    return { needs: found, listed: list }
  })
  for (const need of needs) {
    const rows = listed.members.get(need.part.table)
    if (need.pages !== undefined) await (rows === undefined ? sendWhole(run, need) : sendListed(run, need, rows))
    await (rows === undefined ? sendSince(run, need) : sendChanged(run, need, rows, listed.at.rev))
  }
  return finish(run, needs)
}

/** Rows of the tables that have to be asked for, as they were at a position. */
interface Listed {
  readonly at: Position
  readonly members: Members
}

const listedAt = async (view: View, { presence }: CatchUp): Promise<Listed> => ({
  at: view.head,
  members: await presence.members(view),
})

const planFrame = async (
  view: View,
  needs: readonly Need[],
  members: Members,
  counts: ReadonlyMap<string, number>,
): Promise<Uint8Array> => {
  const tables: Plan['tables'][number][] = []
  for (const { part, pages } of needs) {
    if (pages === undefined) continue
    const { table } = part
    const listed = members.get(table)?.filter(({ id }) => pages.isBehind(id)).length
    const whole = pages.after === '' ? counts.get(table) : await countBehind(view, table, pages.after)
    tables.push({ table, rows: listed ?? whole ?? 0 })
  }
  return encodeDown({ type: 'plan', tables })
}

const countBehind = async (view: View, table: string, after: string): Promise<number | undefined> => {
  const [counted] = await view.select<[rows: number]>(
    dialect => sql`select count(*) from ${dialect.from('r')}
      where ${dialect.isOf(table, 'r')} and ${dialect.isLive('r')} and r.id > ${after}`,
  )
  return counted?.[0]
}

/** Rows of one table that are sent without waiting for the device. */
const FEW = 2_000

/** What is left is little: sent from one snapshot, with the fingerprints. */
const finish = async (run: CatchUp, needs: readonly Need[]): Promise<Position> => {
  for (;;) {
    const { listed, done } = await run.storage.snapshot(async view => {
      const list = await listedAt(view, run)
      const isMuch = (need: Need): boolean => changedOf(need, list.members.get(need.part.table) ?? []).length > FEW
      if (needs.some(isMuch)) return { listed: list, done: false }
      await sendRest(run, view, needs, list.members)
      return { listed: list, done: true }
    })
    if (done) return listed.at
    for (const need of needs) {
      const rows = listed.members.get(need.part.table)
      if (rows !== undefined) await sendChanged(run, need, rows, listed.at.rev)
    }
  }
}

const sendRest = async (run: CatchUp, view: View, needs: readonly Need[], members: Members): Promise<void> => {
  const tables: Synced['tables'][number][] = []
  for (const need of needs) {
    const rows = members.get(need.part.table)
    if (rows === undefined) {
      for (let more = true; more;) more = await sendBatch(run, view, need)
    } else {
      const gone = await deletedSince(view, need)
      let ids = changedOf(need, rows)
      do {
        const read = await readListed(run, need, ids, view)
        ids = read.left
        sendChanges(run, need.part, read.rows, ids.length === 0 ? gone : [])
      } while (ids.length > 0)
    }
    tables.push(await fingerprintOf(run, view, need.part, rows))
  }
  run.send(encodeDown({ type: 'synced', at: view.head, tables }))
}
