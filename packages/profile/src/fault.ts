/**
 * A failure a person can meet: data, not an exception. `at` says where (`table workorder, column status`,
 * `row 12`), `fix` what to do about it. Values of records never appear in a fault that leaves the relay.
 */
export interface Fault {
  readonly code: string
  readonly at: string
  readonly message: string
  readonly fix?: string
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })
export const failed = (...faults: Fault[]): Result<never> => ({ ok: false, faults })

/** One line for people and logs. */
export const faultText = (fault: Fault): string =>
  `${fault.at}: ${fault.message}${fault.fix === undefined ? '' : ` (${fault.fix})`}`

/** Faults as an exception, for callers at the edge (CLI, composition roots) that cannot go on. */
export class FaultError extends Error {
  readonly faults: readonly Fault[]
  constructor(faults: readonly Fault[]) {
    super(faults.map(faultText).join('\n'))
    this.name = 'FaultError'
    this.faults = faults
  }
}
