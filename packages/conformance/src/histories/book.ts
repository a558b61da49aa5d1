import type { EditKind } from '@rejoin/profile'

/**
 * The test's own ledger of every edit ever saved: written from what people did and were told, never from what the code
 * under test keeps of it. An edit is known again by a mark in the text it writes, whatever ids it goes by; a delete by
 * its record, which is deleted by one person at most; a raise by its amount, a power of two that its record meets once.
 */
export interface Save {
  readonly nr: number
  /** index of the desk where it was saved */
  readonly desk: number
  readonly kind: EditKind
  readonly table: string
  readonly record: string
  /** the column that carries the mark */
  readonly column?: string
  /** of a raise */
  readonly by?: number
  readonly mergeable: boolean
  /** visible changes that the relay had made by then */
  readonly since: number
  /** the device promised that it is durable */
  promised: boolean
  /** ids by which its author, or the wire, has shown it */
  readonly ids: Set<string>
  /** it went up in a push */
  left: boolean
  /** what the relay answered, as it went over the wire */
  readonly answers: Set<string>
  /** its author was shown in his ledger that it lost */
  toldLost: boolean
  /** its author was told that a withdrawal came too late */
  toldLate: boolean
  /** its author was shown in his ledger that its column is no more */
  toldGone: boolean
  /** what its author chose for it, if he chose; `refused`: on the spot, it never was saved */
  choice?: 'refused' | 'discarded' | 'wiped' | 'corrected'
  /** its author brought it back from the ledger */
  restored: boolean
  /** files it is in */
  readonly files: Set<UnsentFile>
  /** its author wrote over it before it ever left, on a device that makes one entry of both */
  over?: Save
}

/** Unsent work that was taken along. */
export interface UnsentFile {
  readonly user: string
  readonly text: string
  imported: boolean
}

/** An edit as something shows it. */
export interface Sight {
  readonly kind: string
  readonly table: string
  readonly record: string
  /** values it writes, by whatever name */
  readonly values: unknown
  readonly command?: { readonly name: string; readonly args?: unknown }
}

export interface Book {
  readonly saves: readonly Save[]
  readonly files: UnsentFile[]
  readonly next: number
  write(save: Pick<Save, 'desk' | 'kind' | 'table' | 'record' | 'since'> & Partial<Save>): Save
  /** which saves an edit is, as it is shown */
  of(sight: Sight): readonly Save[]
  /** by an id under which they were shown */
  by(id: string): readonly Save[]
  /** who has deleted a record, or tried to */
  readonly deleted: Map<string, number | 'office'>
}

export const markOf = (nr: number): string => `w${nr}w`

export const marksIn = (values: unknown): readonly number[] =>
  [...(JSON.stringify(values) ?? '').matchAll(/w(\d+)w/g)].map(([, nr]) => Number(nr))

export const createBook = (): Book => {
  const saves: Save[] = []
  const raised = (record: string, args: unknown): readonly Save[] =>
    saves.filter(save => save.by !== undefined && save.record === record && save.by === (args as { by?: number }).by)
  return {
    saves,
    files: [],
    deleted: new Map(),
    get next() {
      return saves.length
    },
    write: parts => {
      const save: Save = {
        nr: saves.length,
        mergeable: true,
        promised: false,
        ids: new Set(),
        left: false,
        answers: new Set(),
        toldLost: false,
        toldLate: false,
        toldGone: false,
        restored: false,
        files: new Set(),
        ...parts,
      }
      saves.push(save)
      return save
    },
    of: ({ kind, table, record, values, command }) => {
      if (kind === 'delete')
        return saves.filter(each => each.kind === 'delete' && each.table === table && each.record === record)
      if (command?.name === 'raise') return raised(record, command.args)
      return [...new Set(marksIn(command === undefined ? values : command.args))].flatMap(nr => saves[nr] ?? [])
    },
    by: id => saves.filter(({ ids }) => ids.has(id)),
  }
}
