import { Reader } from '../bytes/reader.ts'
import type { Value } from '../schema/schema.ts'
import { writeFlat } from './flat.ts'
import { type Content, DELETED } from './record.ts'
import { eachStruct, kept, type MapItem, type Struct, type StructId } from './structs.ts'

/**
 * A flat document to which items are added, without a Y.Doc. As long as every new item replaces what lives in its column,
 * or is the first there, Yjs would have nothing to decide: its flat form follows from the structs alone.
 */
export interface Growing {
  /** by client, each from clock 0 */
  readonly runs: Map<number, Struct[]>
  readonly living: Map<string, MapItem>
}

/** @returns undefined where the bytes are an update, or no flat form. @throws ByteFault where they are no record document */
export const growing = (bytes: Uint8Array): Growing | undefined => {
  const runs = new Map<number, Struct[]>()
  const living = new Map<string, MapItem>()
  let flat = true
  const deletes = eachStruct(new Reader(bytes), visited => {
    const struct = kept(visited)
    const run = runs.get(struct.client)
    if (struct.clock !== endOf(run)) flat = false
    if (run === undefined) runs.set(struct.client, [struct])
    else run.push(struct)
    if (struct.kind === 'gc') return
    if (struct.key === undefined || living.has(struct.key)) flat = false
    else living.set(struct.key, struct)
  })
  return flat && deletes.length === 0 ? { runs, living } : undefined
}

export const nothingYet = (): Growing => ({ runs: new Map(), living: new Map() })

/** The next clock of a client. */
export const nextClock = ({ runs }: Growing, client: number): number => endOf(runs.get(client))

/** Adds an item at its client's next clock; what lives in its column becomes garbage. */
export const add = ({ runs, living }: Growing, { client, clock }: StructId, key: string, value: Value): void => {
  const replaced = living.get(key)
  if (replaced !== undefined) {
    const run = runs.get(replaced.client)!
    const at = run.indexOf(replaced)
    run[at] = { kind: 'gc', client: replaced.client, clock: replaced.clock, length: 1 }
  }
  const item: MapItem = { kind: 'item', client, clock, length: 1, key, value }
  const run = runs.get(client)
  if (run === undefined) runs.set(client, [item])
  else run.push(item)
  living.set(key, item)
}

export const flatBytes = ({ runs }: Growing): Uint8Array =>
  writeFlat([...runs].toSorted(([a], [b]) => b - a).map(([, run]) => run))

export const contentOf = ({ living }: Growing): Content => {
  const fields: Record<string, Value> = {}
  for (const [key, { value }] of living) if (key !== DELETED && value !== null) fields[key] = value
  return { fields, deleted: living.get(DELETED)?.value === true }
}

const endOf = (run: readonly Struct[] | undefined): number => {
  const last = run?.at(-1)
  return last === undefined ? 0 : last.clock + last.length
}
