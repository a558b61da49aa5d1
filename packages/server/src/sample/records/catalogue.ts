import type { NewRecord } from '../../import/csv.ts'
import type { Dice } from './dice.ts'

/** Names and figures of the catalogue. Ids can be read, because people type them in filters and demos. */
export const priorities: readonly { readonly id: string; readonly name: string; readonly hours: number }[] = [
  { id: 'priority.emergency', name: 'Emergency', hours: 2 },
  { id: 'priority.high', name: 'High', hours: 8 },
  { id: 'priority.normal', name: 'Normal', hours: 48 },
  { id: 'priority.low', name: 'Low', hours: 240 },
]
const colors = ['#c0392b', '#e67e22', '#2980b9', '#7f8c8d', '#27ae60', '#8e44ad']

export const bookingStatuses: readonly { readonly id: string; readonly name: string; readonly category: string }[] = [
  { id: 'booking.proposed', name: 'Proposed', category: 'proposed' },
  { id: 'booking.scheduled', name: 'Scheduled', category: 'committed' },
  { id: 'booking.traveling', name: 'Traveling', category: 'committed' },
  { id: 'booking.inProgress', name: 'In progress', category: 'committed' },
  { id: 'booking.completed', name: 'Completed', category: 'committed' },
  { id: 'booking.cancelled', name: 'Cancelled', category: 'cancelled' },
]

export interface Incident {
  readonly id: string
  readonly name: string
  readonly trade: string
  readonly minutes: number
  readonly tasks: readonly string[]
}

export const incidents: readonly Incident[] = [
  ['Boiler does not light', 'heating', 90, ['Check gas pressure', 'Clean burner', 'Test ignition']],
  ['Radiator stays cold', 'heating', 60, ['Bleed radiator', 'Check valve']],
  ['Annual boiler service', 'heating', 120, ['Measure flue gas', 'Replace gaskets', 'Log readings']],
  ['Power failure', 'electrical', 75, ['Check main fuse', 'Measure insulation']],
  ['Socket damaged', 'electrical', 45, ['Isolate circuit', 'Replace socket']],
  ['Emergency lighting test', 'electrical', 60, ['Run battery test', 'Log result']],
  ['Leaking pipe', 'plumbing', 60, ['Shut off water', 'Replace section', 'Pressure test']],
  ['Blocked drain', 'plumbing', 50, ['Clear drain', 'Camera inspection']],
  ['No hot water', 'plumbing', 70, ['Check thermostat', 'Descale exchanger']],
  ['Cold room too warm', 'cooling', 90, ['Read pressures', 'Clean condenser', 'Top up refrigerant']],
  ['Air conditioning service', 'cooling', 80, ['Replace filters', 'Check drain']],
  ['Lift stopped between floors', 'lifts', 120, ['Free passengers', 'Read fault memory', 'Test run']],
].map(([name, trade, minutes, tasks]) => ({
  id: `incident.${String(name).toLowerCase().replaceAll(' ', '-')}`,
  name: name as string,
  trade: trade as string,
  minutes: minutes as number,
  tasks: tasks as string[],
}))

const parts: Readonly<Record<string, readonly string[]>> = {
  heating: ['Burner nozzle', 'Ignition electrode', 'Circulation pump', 'Thermostat', 'Expansion vessel'],
  electrical: ['Fuse 16 A', 'Socket', 'Residual current device', 'LED tube', 'Battery 12 V'],
  plumbing: ['Copper pipe 22 mm', 'Ball valve', 'Trap', 'Seal set', 'Heat exchanger'],
  cooling: ['Refrigerant R32', 'Fan motor', 'Air filter', 'Compressor', 'Expansion valve'],
  lifts: ['Door belt', 'Guide shoe', 'Push button', 'Brake lining', 'Controller board'],
}
const suppliers = ['Nordtek A/S', 'Kühn & Söhne', 'Água Viva Lda', 'Термо ООД', 'Ege Teknik A.Ş.']
const sizes = ['S', 'M', 'L', 'XL']

export interface Product {
  readonly id: string
  readonly name: string
  readonly trade: string
}

export const products: readonly Product[] = Object.entries(parts).flatMap(([trade, names]) =>
  names.flatMap((name, index) =>
    sizes.map(size => ({ id: `product.${trade}-${index + 1}-${size.toLowerCase()}`, name: `${name} ${size}`, trade })),
  ),
)

export function* catalogueRecords(dice: Dice): Generator<NewRecord> {
  for (const [index, { id, name, hours }] of priorities.entries()) {
    const fields = { name, level: index + 1, color: colors[index] ?? '#000000', responseHours: hours }
    yield {
      table: 'priority',
      id,
      fields: { ...fields, resolveHours: hours * 3, isDefault: index === 2, active: true },
    }
  }
  for (const [index, { id, name, category }] of bookingStatuses.entries()) {
    const fields = { name, description: `Booking: ${name.toLowerCase()}`, category, color: colors[index] ?? '#000000' }
    yield {
      table: 'bookingstatus',
      id,
      fields: { ...fields, sortOrder: index + 1, completesWorkOrder: id === 'booking.completed', active: true },
    }
  }
  for (const { id, name, trade, minutes, tasks } of incidents) {
    const fields = {
      name,
      description: `${name}: ${tasks.join(', ').toLowerCase()}.`,
      trade,
      estimatedMinutes: minutes,
    }
    const instructions = tasks.map((task, index) => `${index + 1}. ${task}`).join('\n')
    yield {
      table: 'incidenttype',
      id,
      fields: { ...fields, defaultPriority: 'priority.normal', instructions, active: true },
    }
  }
  for (const [index, { id, name, trade }] of products.entries()) {
    const cost = dice.between(300, 40_000) / 100
    const fields = { name, number: `P-${1_000 + index}`, trade, unit: 'pc', cost, price: Math.round(cost * 160) / 100 }
    yield {
      table: 'product',
      id,
      fields: { ...fields, stock: dice.between(0, 400), supplier: dice.pick(suppliers), active: true },
    }
  }
}
