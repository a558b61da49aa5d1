import type { NewRecord } from '../../import/csv.ts'
import { samplePeople } from '../people.ts'
import { incidents, type Incident } from './catalogue.ts'
import type { Customer } from './customers.ts'
import { day, type Dice, minute, timeText } from './dice.ts'
import { noteIn } from './notes.ts'
import { resourceOf } from './people.ts'

/** Where in the history a work order stands: its number, and its day relative to today. */
export interface Slot {
  readonly number: number
  readonly days: number
  /** first millisecond of today, UTC */
  readonly today: number
}

type Status = 'open' | 'scheduled' | 'inProgress' | 'onHold' | 'done' | 'cancelled'

/**
 * A work order with its booking and, while it is not finished, its incident and tasks. Whoever is booked owns
 * all of it; what nobody is booked for belongs to the team.
 */
export function* inventWork(dice: Dice, slot: Slot, customer: Customer): Generator<NewRecord> {
  const { place } = customer
  const status = statusOn(dice, slot.days)
  const asset = dice.pick(customer.assets)
  const fitting = incidents.filter(each => each.trade === asset.trade)
  const incident = dice.pick(fitting.length > 0 ? fitting : incidents)
  const technician = dice.pick(
    samplePeople.filter(person => person.teams[0] === place.team && person.roles[0] === 'technician'),
  )
  const booked = status !== 'open'
  const owner = { ownerid: booked ? technician.id : place.team, owningbusinessunit: place.unit }
  const start = slot.today + slot.days * day + dice.between(6 * 4, 15 * 4) * 15 * minute
  const minutes = incident.minutes + dice.between(-2, 4) * 15
  const end = start + minutes * minute
  const priority = dice.pick([
    'priority.emergency',
    'priority.high',
    'priority.normal',
    'priority.normal',
    'priority.low',
  ])
  const id = dice.guid()
  yield {
    table: 'workorder',
    id,
    fields: {
      name: `WO-${100_000 + slot.number}`,
      subject: `${incident.name}: ${asset.name}`,
      status,
      priority,
      account: customer.id,
      contact: dice.pick(customer.contacts),
      incidenttype: incident.id,
      asset: asset.id,
      address: customer.address,
      city: customer.town.name,
      estimatedMinutes: minutes,
      ...(booked ? { scheduledStart: timeText(start), scheduledEnd: timeText(end) } : {}),
      ...(status === 'done'
        ? { completedOn: timeText(end + dice.between(-3, 6) * 5 * minute), amount: dice.between(60, 900) }
        : {}),
      ...(dice.chance(0.4) ? { notes: noteIn(dice, place) } : {}),
      ...owner,
    },
  }
  if (booked) {
    const travel = dice.between(1, 12) * 5
    const arrived =
      status === 'done' || status === 'inProgress'
        ? { arrivedOn: timeText(start + dice.between(-2, 5) * 5 * minute) }
        : {}
    yield {
      table: 'bookableresourcebooking',
      id: dice.guid(),
      fields: {
        name: `${technician.name}, WO-${100_000 + slot.number}`,
        workorder: id,
        resource: resourceOf(technician.id),
        bookingstatus: bookingStatus[status],
        startTime: timeText(start),
        endTime: timeText(end),
        durationMinutes: minutes,
        travelMinutes: travel,
        travelKilometres: Math.round(travel * 6.5) / 10,
        ...arrived,
        ...(dice.chance(0.15) ? { notes: noteIn(dice, place) } : {}),
        ...owner,
      },
    }
  }
  if (status !== 'done' && status !== 'cancelled') yield* inventDetails(dice, id, incident, asset.id, status, owner)
}

function* inventDetails(
  dice: Dice,
  workorder: string,
  incident: Incident,
  asset: string,
  status: Status,
  owner: { readonly ownerid: string; readonly owningbusinessunit: string },
): Generator<NewRecord> {
  const id = dice.guid()
  const fields = {
    name: incident.name,
    workorder,
    incidenttype: incident.id,
    asset,
    estimatedMinutes: incident.minutes,
  }
  yield { table: 'workorderincident', id, fields: { ...fields, resolved: false, ...owner } }
  for (const [index, name] of incident.tasks.entries()) {
    const done = status === 'inProgress' && index === 0
    const estimatedMinutes = Math.round(incident.minutes / incident.tasks.length)
    const task = { name, workorder, incident: id, lineOrder: index + 1, estimatedMinutes, done, ...owner }
    const result = done ? { actualMinutes: estimatedMinutes + dice.between(-10, 10), result: 'pass' } : {}
    yield { table: 'workorderservicetask', id: dice.guid(), fields: { ...task, ...result } }
  }
}

const bookingStatus: Readonly<Record<Status, string>> = {
  open: 'booking.proposed',
  scheduled: 'booking.scheduled',
  inProgress: 'booking.inProgress',
  onHold: 'booking.scheduled',
  done: 'booking.completed',
  cancelled: 'booking.cancelled',
}

const statusOn = (dice: Dice, days: number): Status => {
  const at = dice.between(1, 100)
  if (days < -1) return at <= 88 ? 'done' : at <= 94 ? 'cancelled' : at <= 97 ? 'onHold' : 'open'
  if (days <= 0) return at <= 40 ? 'done' : at <= 60 ? 'inProgress' : at <= 95 ? 'scheduled' : 'open'
  return at <= 70 ? 'scheduled' : at <= 75 ? 'cancelled' : 'open'
}
