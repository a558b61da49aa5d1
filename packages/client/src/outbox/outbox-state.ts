import type { Answer, Edit, Fields, Outcome, Question, Rejection } from '@rejoin/profile'

/**
 * The life of an entry, as pure transitions:
 *
 *     waiting -> sent -> accepted -> (its record confirmed) -> gone
 *        ^         |-> rejected   a person decides: retry, resolve, discard
 *        |-- cut --|-> held       behind another entry, or parked as a question
 *        |-- a record it refers to was given up --> orphaned
     any of them, discarded -> gone, or withdrawing until the relay has answered
 */
export type EntryState =
  /** `left`: it may have left the device once, so the relay may know it */
  | { readonly status: 'waiting'; readonly left: boolean }
  | { readonly status: 'sent' }
  /** the relay took it; it stays until a confirmed record of at least that revision is stored */
  | { readonly status: 'accepted'; readonly answer: Accepted }
  | Rejection
  | { readonly status: 'held'; readonly by: string; readonly question?: Question }
  /** it refers to a record that was given up (by its record key): its author decides */
  | { readonly status: 'orphaned'; readonly of: string }
  /** discarded; `closing`: its fate is known and only the relay's list is left to close */
  | { readonly status: 'withdrawing'; readonly closing: boolean; readonly told: boolean }

export type Accepted = Extract<Outcome, { status: 'applied' | 'lost' }>

export interface Entry {
  readonly edit: Edit
  readonly state: EntryState
  /** never one with another (OB12) */
  readonly separate?: true
  /** the record as its author saw it before, by column id; without one of a record that was not there */
  readonly before?: Fields
}

export type EntryEvent =
  | { readonly type: 'sent' }
  /** the session ended: what was unanswered may have arrived or not */
  | { readonly type: 'cut' }
  | { readonly type: 'answered'; readonly answer: Answer }
  /** its record is stored at the outcome's revision or later, or is gone */
  | { readonly type: 'confirmed' }
  | { readonly type: 'discarded' }

/** `reauthor`: record it again on the confirmed state, under a new id. */
export type Next = EntryState | 'removed' | 'reauthor'

const again: EntryState = { status: 'waiting', left: true }

export const next = (state: EntryState, event: EntryEvent): Next => {
  switch (event.type) {
    case 'sent':
      return state.status === 'waiting'
        ? { status: 'sent' }
        : state.status === 'withdrawing'
          ? { ...state, told: true }
          : state
    case 'cut':
      return state.status === 'sent' || state.status === 'accepted'
        ? again
        : state.status === 'withdrawing'
          ? { ...state, told: false }
          : state
    case 'answered':
      return answered(state, event.answer)
    case 'confirmed':
      return state.status === 'accepted' ? 'removed' : state
    case 'discarded':
      return discarded(state)
  }
}

const answered = (state: EntryState, answer: Answer): Next => {
  if (state.status === 'withdrawing') {
    if (state.closing || answer.status === 'withdrawn' || answer.status === 'rejected' || answer.status === 'held')
      return 'removed'
    // Too late: it took effect after all.
    return answer.status === 'applied' || answer.status === 'lost' ? { status: 'accepted', answer } : state
  }
  switch (answer.status) {
    case 'applied':
    case 'lost':
      return { status: 'accepted', answer }
    case 'rejected': {
      const { code, message, column, rule } = answer
      const place = { ...(column === undefined ? {} : { column }), ...(rule === undefined ? {} : { rule }) }
      return { status: 'rejected', code, message, ...place }
    }
    case 'held': {
      const { by, question } = answer
      return { status: 'held', by, ...(question === undefined ? {} : { question }) }
    }
    case 'withdrawn':
      return 'removed'
    case 'wait':
      return again
    case 'resync':
      return 'reauthor'
  }
}

const discarded = (state: EntryState): Next => {
  switch (state.status) {
    case 'waiting':
      return state.left ? { status: 'withdrawing', closing: false, told: false } : 'removed'
    case 'sent':
      return { status: 'withdrawing', closing: false, told: false }
    case 'rejected':
    case 'held':
    case 'orphaned':
      return { status: 'withdrawing', closing: true, told: false }
    case 'accepted':
    case 'withdrawing':
      return state
  }
}

/** Whether later entries of its record must wait for what becomes of it. */
export const blocks = (state: EntryState): boolean =>
  isStuck(state) || (state.status === 'withdrawing' && !state.closing)

/** Refused, a question, held behind another entry, or about a record that was given up: nothing of it goes by itself. */
export const isStuck = ({ status }: EntryState): boolean =>
  status === 'rejected' || status === 'held' || status === 'orphaned'

/** Whether the author still means it: it is part of what he sees. */
export const isMeant = (state: EntryState): boolean =>
  state.status !== 'withdrawing' && !(state.status === 'accepted' && state.answer.status === 'lost')
