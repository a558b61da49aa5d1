import { readEdits } from '../rig/database.ts'
import type { CrashAct } from './report.ts'
import { people, type Stage } from './stage.ts'
import type { Cast } from './story.ts'

/**
 * One device writes much offline. When it comes back the relay is killed with -9 at its first answer, started again,
 * and then the device is killed with -9 at the next: the upload goes on after both.
 */
export const playCrash = async (
  stage: Stage,
  { table, first: column }: Cast,
  records: readonly string[],
  edits: number,
  step: (text: string) => void,
): Promise<CrashAct> => {
  const { first, relay, claims, db } = stage
  await first.ask('disconnect', {})
  const mine = new Set<string>()
  for (let number = 1; number <= edits; number += 1) {
    const record = records[number % records.length]!
    const values = { [column.name]: `Round ${number}`.slice(0, column.maxLength ?? 100) }
    mine.add((await first.ask('save', { kind: 'update', table: table.name, record, values })).edit)
  }
  step(`${people.first.name} saves ${mine.size} edits offline and comes back`)
  const acknowledged = (): number => [...mine].filter(id => claims.acknowledged.has(id)).length
  const kept = (): number => readEdits(db).filter(({ id }) => mine.has(id)).length

  const answered = nextAnswer(stage)
  await first.ask('connect', {})
  await answered
  await relay.kill()
  const keptAtRelayKill = kept()
  const acknowledgedAtRelayKill = acknowledged()
  step(`kill -9 of the relay: ${acknowledgedAtRelayKill} edits were acknowledged, its database has ${keptAtRelayKill}`)
  await relay.start()
  step('the relay is started again on its database')

  const again = nextAnswer(stage)
  await first.ask('connect', {})
  await again
  await first.kill()
  await first.start()
  const carried = (await first.ask('outbox', {})).entries.length
  step(`kill -9 of ${people.first.name}'s device: started again, its outbox holds ${carried} edits`)
  for (const device of stage.devices) {
    await device.ask('connect', {})
    await device.ask('drained', { within: 20_000 })
  }
  const arrived = kept()
  step(`the upload ends: ${arrived} of ${mine.size} edits are in the relay's table of edits, each once`)
  return { saved: mine.size, keptAtRelayKill, acknowledgedAtRelayKill, carriedOverDeviceKill: carried, arrived }
}

/** The next edit the first device hears to be taken; a while at most, where there is none left. */
const nextAnswer = ({ listen }: Stage): Promise<void> =>
  new Promise(resolve => {
    const end = (): void => {
      clearTimeout(late)
      stop()
      resolve()
    }
    const stop = listen((device, { told }) => {
      if (device === people.first.id && told === 'settled') end()
    })
    const late = setTimeout(end, 10_000)
  })
