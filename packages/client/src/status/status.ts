import type { Fault } from '@rejoin/profile'

/** What a person sees of a device at a glance: one of six states, what it means and what to do (ST1-ST3). */
export interface Status {
  /** ST2: the gravest that applies, error before warning before syncing before pending before the link */
  readonly state: 'connected' | 'not-connected' | 'syncing' | 'pending' | 'error' | 'warning'
  /** name of an icon, one for each state */
  readonly icon: string
  /** a word or two, in English */
  readonly title: string
  /** what is, as a sentence: the gravest cause and the link */
  readonly description: string
  /** as a sentence; says so where there is nothing to do */
  readonly whatToDo: string
  /** everything that is wrong or needs attention, gravest first: the state shows the first of them */
  readonly causes: readonly Fault[]
}

/** All that the state follows from. */
export interface StatusFacts {
  /** what the session is at */
  readonly link: 'offline' | 'connecting' | 'catching-up' | 'live'
  /** offline mode is on */
  readonly offlineMode: boolean
  /** entries are sent when the user says so */
  readonly manual: boolean
  /** unsent work */
  readonly pending: Pending
  /** gravest first */
  readonly errors: readonly Fault[]
  /** gravest first */
  readonly warnings: readonly Fault[]
}

/** Unsent work: rows, and operations on them. */
export interface Pending {
  /** that have unsent work */
  readonly records: number
  /** entries: several may be of one record */
  readonly operations: number
}

const icons: Readonly<Record<Status['state'], string>> = {
  connected: 'globe',
  'not-connected': 'globe-not-connected',
  syncing: 'globe-refresh',
  pending: 'globe-changes-pending',
  error: 'globe-error',
  warning: 'globe-warning',
}

/** ST2: error before warning before syncing before pending before the link. Pure. */
export const statusOf = (facts: StatusFacts): Status => {
  const { link, errors, warnings, pending } = facts
  const causes = [...errors, ...warnings]
  const [first] = causes
  const of = (state: Status['state'], title: string, description: string, whatToDo: string): Status => ({
    state,
    icon: icons[state],
    title,
    description: sentences(description),
    whatToDo: sentences(whatToDo),
    causes,
  })
  if (first !== undefined) {
    const others = causes.length === 1 ? '' : `, and ${causes.length - 1} more`
    const state = errors.length > 0 ? 'error' : 'warning'
    const fix = first.fix ?? 'look at the status page'
    return of(state, state === 'error' ? 'Error' : 'Warning', `${first.message}${others}; ${aboutLink(facts)}`, fix)
  }
  if (link === 'catching-up') {
    return of('syncing', 'Synchronising', `this device is being brought up to date${unsent(pending)}`, nothing)
  }
  if (pending.operations > 0) {
    return of(
      'pending',
      'Changes pending',
      aboutLink(facts),
      link === 'live' && !facts.manual ? nothing : advice(facts),
    )
  }
  return link === 'live'
    ? of('connected', 'Connected', aboutLink(facts), nothing)
    : of('not-connected', facts.offlineMode ? 'Offline mode' : 'Not connected', aboutLink(facts), advice(facts))
}

const nothing = 'nothing to do'

const aboutLink = ({ link, offlineMode, pending }: StatusFacts): string => {
  if (link === 'live') return `connected, and up to date${unsent(pending)}`
  if (link === 'catching-up') return `connected, and being brought up to date${unsent(pending)}`
  return `${offlineMode ? 'offline mode is on' : 'not connected'}, work goes on with what is on this device${unsent(pending)}`
}

const advice = ({ link, offlineMode, manual }: StatusFacts): string =>
  offlineMode
    ? 'leave offline mode to send and receive'
    : link === 'live' && manual
      ? 'choose "Sync all" to send them'
      : link === 'connecting'
        ? 'wait for the connection'
        : 'find a network; this device connects by itself'

const unsent = ({ records, operations }: Pending): string =>
  operations === 0
    ? ''
    : `; ${operations} ${operations === 1 ? 'change' : 'changes'} of ${records} ${records === 1 ? 'record' : 'records'} not accepted yet`

const sentences = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
