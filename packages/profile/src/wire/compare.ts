import type { Node, Question } from '../scope/reconcile.ts'
import { hex, list, type Shape, struct, text, uint } from './shape.ts'

/**
 * Finding what differs when a fingerprint does: the device halves in 64 parts at a time (scope/reconcile.ts), the
 * relay says which parts differ, until parts are small enough to name their rows.
 */
export interface Compare extends Question {
  readonly table: string
}

/** For splits the parts that differ. What leaves lacked or had too much is sent before as `changes`. */
export interface Compared {
  readonly table: string
  readonly differing: readonly Node[]
}

export const compareShape: Shape<Compare> = struct({
  table: text,
  splits: list(struct({ depth: uint, prefix: uint, parts: list(hex, 64) }), 64),
  leaves: list(struct({ depth: uint, prefix: uint, rows: list(struct({ id: text, rev: uint }), 10_000) }), 4_096),
})

export const comparedShape: Shape<Compared> = struct({
  table: text,
  differing: list(struct({ depth: uint, prefix: uint }), 4_096),
})
