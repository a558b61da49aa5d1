/**
 * Faults planted on purpose, to see that a history in which they happen is found out. They stand around the engines:
 * between a device and its user, its disk, its sign-in, or the relay and its database.
 */
export const faultNames = [
  'drops-successors',
  'sign-out-loses',
  'holds-without-reason',
  'hides-refusals',
  'says-nothing-of-late',
  'never-signs-in-again',
  'never-resumes',
  'import-leaves-out',
  'disk-forgets',
  'relay-does-twice',
  'relay-keeps-no-ledger',
  'relay-keeps-no-refusals',
] as const

export type FaultName = (typeof faultNames)[number]

/**
 * drops-successors        discarding an entry takes what came after it on its record along
 * sign-out-loses          signing out gives up unsent work nobody was asked about
 * holds-without-reason    a held entry does not say what holds it, or what the question is
 * hides-refusals          a refused entry is not shown
 * says-nothing-of-late    a withdrawal that came too late is not told
 * never-signs-in-again    a token that was refused once is given again for ever
 * never-resumes           a queue that was paused stays paused
 * import-leaves-out       taking in a file leaves out its first action
 * disk-forgets            `save` resolves before the disk has it
 * relay-does-twice        the relay does not know a raise again that it has answered
 * relay-keeps-no-ledger   conflicts leave no trace at the relay
 * relay-keeps-no-refusals the back office does not hear of what was refused
 */
export type Faults = ReadonlySet<FaultName>

export const noFaults: Faults = new Set()
