import { addRow, emptyFingerprint, fingerprintText } from '@rejoin/profile'
import { expect, it } from 'vitest'
import { at, confirmed, openScript, welcome } from '../device/device.fixture.ts'

it('[CA3] an index made while an expired cache cannot be read has everything once it can be', async () => {
  const script = await openScript()
  await script.greet({ A: confirmed('A', 5, { title: 'pump', hours: 2 }) })
  const found = (): readonly unknown[] => script.device.table('task').query({ where: { hours: 2 } }).current
  script.device.disconnect()
  for (let hours = 0; hours < 49; hours++) await script.pass(3_600_000)
  expect(script.device.cache.current.state).toBe('expired')
  expect(found()).toHaveLength(0)
  const sum = emptyFingerprint()
  addRow(sum, { id: 'A', rev: 5 }, '*')
  script.device.connect()
  await script.settle()
  // Nothing has changed: no row comes, and yet all are to be read again.
  await script.say(
    { ...welcome(5), time: script.relayTime() },
    { type: 'plan', tables: [] },
    { type: 'synced', at: at(5), tables: [{ table: 'task', rows: 1, fingerprint: fingerprintText(sum) }] },
  )
  expect(script.device.cache.current.state).toBe('fresh')
  expect(found()).toHaveLength(1)
})
