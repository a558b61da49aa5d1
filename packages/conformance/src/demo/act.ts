import type { PlainRow, StrategyName } from '@rejoin/profile'
import type { DeviceProcess } from '../rig/device.ts'
import type { ActReport, Reason, SceneReport } from './report.ts'
import { people, type Stage } from './stage.ts'
import type { Cast, Scene } from './story.ts'

/** A record of the story as it stands before every act. */
export interface Part {
  readonly scene: Scene
  readonly record: string
  readonly name: string
  readonly before: PlainRow
}

export interface ActHooks {
  /** told before each step, in words for the terminal */
  readonly step: (text: string) => void
}

/** Both devices write offline while the office writes online; then they come back, one after the other. */
export const playAct = async (
  stage: Stage,
  { table }: Cast,
  parts: readonly Part[],
  strategy: StrategyName,
  { step }: ActHooks,
): Promise<ActReport> => {
  const { office, first, second, devices } = stage
  const deeds = parts.map(part => ({ part, wrote: part.scene.deeds(part.before), known: 0 }))
  for (const deed of deeds) deed.known = (await office.ledger(table.name, deed.part.record)).length
  await Promise.all(devices.map(device => device.ask('disconnect', {})))
  step(`${people.first.name} and ${people.second.name} go offline and work on`)
  for (const { part, wrote } of deeds) {
    await onDevice(first, table.name, part, wrote.first)
    await onDevice(second, table.name, part, wrote.second)
  }
  for (const { part, wrote } of deeds) {
    if (wrote.office === 'deleted') await office.remove(table.name, part.record)
    else if (wrote.office !== undefined) await office.write(table.name, part.record, wrote.office)
  }
  step('the office changes the same records over HTTP meanwhile')
  for (const device of devices) {
    const { entries } = await device.ask('outbox', {})
    step(`${nameOf(device.name)} comes back with ${entries.length} edits`)
    await device.ask('connect', {})
    await device.ask('drained', { within: 10_000 })
  }
  const { agreed } = await stage.agree()
  const records: SceneReport[] = []
  for (const { part, wrote, known } of deeds) {
    const { record, name, before, scene } = part
    const became = (await office.read(table.name, record)) ?? 'deleted'
    const entries = (await office.ledger(table.name, record)).slice(known)
    const why = entries.map(
      ({ author, strategy: by, status, rev, base, changes, kind, mine, theirs, result }): Reason => ({
        who: nameOf(author),
        strategy: by,
        status,
        rev,
        base,
        changes,
        kind,
        mine,
        theirs,
        result,
      }),
    )
    records.push({ scene: scene.title, record, name, before, wrote, became, why })
  }
  return { strategy, records, agreed }
}

/** The office puts the records back, so that the next act begins where this one began. */
export const putBack = async ({ office, ...stage }: Stage, { table }: Cast, parts: readonly Part[]): Promise<void> => {
  for (const { record, before, scene } of parts) {
    if ((await office.read(table.name, record)) === undefined) {
      await office.create(table.name, record, withoutEmpty(before))
    } else {
      const values = Object.fromEntries(scene.columns.map(({ name }) => [name, before[name] ?? null]))
      await office.write(table.name, record, values)
    }
  }
  await stage.agree()
}

const withoutEmpty = (row: PlainRow): PlainRow =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))

const onDevice = async (
  device: DeviceProcess,
  table: string,
  { record }: Part,
  deed: PlainRow | 'deleted' | undefined,
): Promise<void> => {
  if (deed === 'deleted') await device.ask('save', { kind: 'delete', table, record, values: {} })
  else if (deed !== undefined) await device.ask('save', { kind: 'update', table, record, values: deed })
}

export const nameOf = (id: string): string => Object.values(people).find(each => each.id === id)?.name ?? id
