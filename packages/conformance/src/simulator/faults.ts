/**
 * Faults planted on purpose, to see that the simulator finds them. Those of the machines around the engines are
 * switched on here; those inside an engine are mutations of its source (statements/mutations.ts).
 */
export const faultNames = ['relay-forgets', 'device-forgets'] as const

export type FaultName = (typeof faultNames)[number]

/**
 * relay-forgets    the relay answers before what it answers is safe: a kill loses its last commit
 * device-forgets   `save` resolves before the disk has it: a crash loses the last commit of the device
 */
export type Faults = ReadonlySet<FaultName>

export const noFaults: Faults = new Set()
