import { becomes } from './see.ts'
import type { Device, Row, System } from './system.ts'

/** How stories begin: what scenarios of every family have in common. */

/** A job of Tim's, as the office made it. */
export const job = { title: 'Pump', status: 'open', priority: 1, remark: 'as installed', ownerid: 'tim' } as const

/** @returns the id of a job that the relay has */
export const jobIn = async (system: System, values: Row = job): Promise<string> => {
  const id = system.id()
  await system.office.create('job', id, values)
  return id
}

export interface Known {
  readonly device: Device
  readonly id: string
}

/** A device of Tim's that holds a job of his. */
export const known = async (system: System, values: Row = job): Promise<Known> => {
  const id = await jobIn(system, values)
  const device = await system.device()
  return { device, id }
}

/** Nothing waits on the device any more. */
export const drained = async (device: Device): Promise<void> => void (await becomes(() => device.entries(), []))

/** The device changes the job while it is away, and so does the office; then the device comes back. */
export const meet = async (system: System, { device, id }: Known, mine: Row, theirs: Row): Promise<void> => {
  await device.cut()
  await device.update('job', id, mine)
  await system.office.update('job', id, theirs)
  await device.join()
}

/** The device is back, and loses its line when so many bytes have come. */
export const backFor = async (device: Device, bytes: number): Promise<void> => {
  const cut = device.cutAfter(bytes)
  await device.join()
  await cut
}

/** The device is back, and in agreement. */
export const back = async (device: Device): Promise<void> => {
  await device.join()
  await live(device)
}

export const live = async (device: Device): Promise<void> =>
  void (await becomes(async () => (await device.facts()).link, { state: 'live' }))

/** A note of Tara's, on every device, which Tim may not change. */
export const taraNote = async (system: System): Promise<string> => {
  const id = system.id()
  await system.office.create('note', id, { subject: 'Key', ownerid: 'tara' })
  return id
}
