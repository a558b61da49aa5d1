import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Values } from './office.ts'
import { openRig } from './rig.ts'

/** One history twice, by a device that consolidates and by one that does not. */

const order = { title: 'Pump', status: 'open', priority: 1, note: 'as installed', ownerid: 'north' }

const id = fc.constantFrom('W1', 'W2')
const column = fc.constantFrom('status', 'note', 'priority')
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('edit' as const), id, column, value: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('office' as const), id, column, value: fc.nat(3) }) },
  // Paused: connected and told of everything, but sending nothing, so that what edits stand on moves under them.
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('offline', 'online', 'pause', 'resume') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const valueOf = (name: string, value: number): Values => ({ [name]: name === 'priority' ? value : `${name} ${value}` })

/** @returns both records as they end, and how many edits were sent for them */
const ended = async (
  strategy: 'clientWins' | 'serverWins' | 'merge',
  steps: readonly Step[],
  consolidate: boolean,
): Promise<{ readonly rows: readonly unknown[]; readonly sent: number }> => {
  const rig = await openRig(strategy)
  try {
    await rig.office.create('workorder', 'W1', order)
    const mia = await rig.device('mia', { consolidate })
    mia.offline()
    await mia.create('workorder', 'W2', { ...order, title: 'Valve' })
    for (const each of steps) {
      if (each.do === 'edit') await mia.update('workorder', each.id, valueOf(each.column, each.value))
      else if (each.do === 'office') await rig.office.update('workorder', each.id, valueOf(each.column, each.value))
      else if (each.do === 'offline') mia.offline()
      else if (each.do === 'online') await mia.online()
      else if (each.do === 'pause' || each.do === 'resume') mia.rejoin.outbox[each.do]('test')
      else if (mia.mark('workorder', 'W1') !== undefined) await mia.rejoin.table('workorder').undo('W1')
      await rig.still()
    }
    mia.rejoin.outbox.resume('test')
    await mia.online()
    await rig.agree()
    expect(mia.entries()).toEqual([])
    const rows = [await rig.office.row('workorder', 'W1'), await rig.office.row('workorder', 'W2')]
    const pushes = mia.line.frames.flatMap(({ message }) => (message.type === 'push' ? message.edits : []))
    return { rows, sent: pushes.length }
  } finally {
    await rig.close()
  }
}

it.each(['clientWins', 'serverWins', 'merge'] as const)(
  '[OB12] consolidated or not, records end the same (%s)',
  async strategy => {
    let spared = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 20 }), async steps => {
        const one = await ended(strategy, steps, true)
        const each = await ended(strategy, steps, false)
        expect(one.rows).toEqual(each.rows)
        spared += each.sent - one.sent
      }),
      { numRuns: 15 },
    )
    expect(spared).toBeGreaterThan(0)
  },
  60_000,
)
