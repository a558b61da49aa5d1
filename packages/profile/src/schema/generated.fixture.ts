// Generated from schema version 1. Do not edit: generate it again.

/** A visit * / on site */
export interface Visit {
  readonly visitid: string
  readonly title: string
  readonly hours: number | null
  readonly open: boolean
  readonly begin: string | null
  readonly status: 1 | 'it\'s "done"' | null
  readonly tags: readonly ('a' | 'b')[] | null
  readonly next: string | null
}

export interface NewVisit {
  readonly visitid?: string
  readonly title: string
  readonly hours?: number | null
  readonly open: boolean
  readonly begin?: string | null
  readonly status?: 1 | 'it\'s "done"' | null
  readonly tags?: readonly ('a' | 'b')[] | null
  readonly next?: string | null
}

export interface VisitChanges {
  readonly title?: string
  readonly hours?: number | null
  readonly open?: boolean
  readonly begin?: string | null
  readonly status?: 1 | 'it\'s "done"' | null
  readonly tags?: readonly ('a' | 'b')[] | null
  readonly next?: string | null
}

/** visit_ */
export interface Visit2 {
  readonly id: string
}

export interface NewVisit2 {
  readonly id?: string
}

export interface Visit2Changes {}

export interface Tables {
  readonly visit: { readonly row: Visit; readonly create: NewVisit; readonly change: VisitChanges }
  readonly visit_: { readonly row: Visit2; readonly create: NewVisit2; readonly change: Visit2Changes }
}
