import type { NewRecord } from '../../import/csv.ts'
import { places, type Place, type Town } from '../places.ts'
import { products } from './catalogue.ts'
import { dateText, day, type Dice } from './dice.ts'
import { noteIn } from './notes.ts'

/** What work orders need to know of a customer. */
export interface Customer {
  readonly id: string
  readonly place: Place
  readonly town: Town
  readonly address: string
  readonly contacts: readonly string[]
  readonly assets: readonly { readonly id: string; readonly name: string; readonly trade: string }[]
}

export const inventCustomer = (
  dice: Dice,
  index: number,
  today: number,
): { customer: Customer; records: NewRecord[] } => {
  const place = places[index % places.length] as Place
  const town = dice.pick(place.towns)
  const owner = { ownerid: place.team, owningbusinessunit: place.unit }
  const address = `${dice.pick(place.streets)} ${dice.between(1, 180)}`
  const id = dice.guid()
  const lastName = dice.pick(place.lastNames)
  const name = `${dice.pick(place.company)} ${lastName}`
  const contacts = Array.from({ length: dice.between(1, 2) }, () => dice.guid())
  const assets = Array.from({ length: dice.between(1, 3) }, () => ({ id: dice.guid(), ...inventAsset(dice) }))
  const account: NewRecord = {
    table: 'account',
    id,
    fields: {
      name,
      number: `A-${20_000 + index}`,
      category: dice.chance(0.2) ? 1 : 2,
      phone: `${place.dialing} ${dice.between(100_000, 999_999)}`,
      email: `office@a${20_000 + index}.example`,
      address,
      city: town.name,
      postalcode: town.postalcode,
      country: place.country,
      primarycontact: contacts[0] ?? '',
      creditLimit: dice.between(1, 50) * 1_000,
      ...(dice.chance(0.3) ? { notes: noteIn(dice, place) } : {}),
      ...owner,
    },
  }
  const people = contacts.map((contact, nth): NewRecord => {
    const firstname = dice.pick(place.firstNames)
    const lastname = nth === 0 ? lastName : dice.pick(place.lastNames)
    const fields = { fullname: `${firstname} ${lastname}`, firstname, lastname, account: id, city: town.name }
    const mobile = `${place.dialing} ${dice.between(1_000_000, 9_999_999)}`
    const email = `contact${nth + 1}@a${20_000 + index}.example`
    const jobtitle = nth === 0 ? 'Owner' : 'Caretaker'
    return {
      table: 'contact',
      id: contact,
      fields: { ...fields, jobtitle, mobile, email, doNotPhone: dice.chance(0.1), ...owner },
    }
  })
  const machines = assets.map((asset): NewRecord => {
    const installed = today - dice.between(100, 4_000) * day
    const serial = `${asset.trade.slice(0, 2).toUpperCase()}${dice.between(100_000, 999_999)}`
    const fields = { name: asset.name, account: id, product: asset.product, serialNumber: serial }
    const dates = { installedOn: dateText(installed), warrantyUntil: dateText(installed + 1_826 * day) }
    const position = { latitude: near(dice, town.latitude), longitude: near(dice, town.longitude) }
    const state = { location: dice.pick(rooms), lastReading: dice.between(0, 9_000) / 10, alert: dice.chance(0.05) }
    return { table: 'customerasset', id: asset.id, fields: { ...fields, ...dates, ...position, ...state, ...owner } }
  })
  const customer: Customer = { id, place, town, address, contacts, assets }
  return { customer, records: [account, ...people, ...machines] }
}

const machineNames: Readonly<Record<string, string>> = {
  heating: 'Boiler',
  electrical: 'Distribution board',
  plumbing: 'Water heater',
  cooling: 'Cold room',
  lifts: 'Lift',
}
const rooms = ['Cellar', 'Roof', 'Ground floor', 'Kitchen', 'Plant room', 'Courtyard']

const inventAsset = (dice: Dice): { readonly name: string; readonly trade: string; readonly product: string } => {
  const product = dice.pick(products)
  return {
    name: `${machineNames[product.trade] ?? ''} ${dice.between(1, 9)}`,
    trade: product.trade,
    product: product.id,
  }
}

const near = (dice: Dice, degrees: number): number =>
  Math.round((degrees + dice.between(-40, 40) / 1_000) * 1_000) / 1_000
