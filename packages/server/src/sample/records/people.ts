import type { NewRecord } from '../../import/csv.ts'
import { samplePeople } from '../people.ts'
import { places, units } from '../places.ts'
import { dateText, day, type Dice } from './dice.ts'

export const resourceOf = (person: string): string => `resource.${person}`
const skills = ['electrical', 'plumbing', 'heating', 'cooling', 'lifts']
const titles: Readonly<Record<string, string>> = {
  technician: 'Field technician',
  dispatcher: 'Dispatcher',
  office: 'Back office',
}

/** Units, teams, users, and every technician as a resource that can be booked. */
export function* peopleRecords(dice: Dice, today: number): Generator<NewRecord> {
  for (const { id, name, code, city, country, timeZone } of units) {
    const fields = { name, code, city, country, timeZone, email: `${name.toLowerCase()}@fieldservice.example` }
    yield { table: 'businessunit', id, fields }
  }
  for (const { team, name, unit, towns, dialing } of places) {
    const lead = samplePeople.find(person => person.teams.includes(team))
    const phone = `${dialing} ${dice.between(100_000, 999_999)}`
    const address = { email: `${team}@fieldservice.example`, phone }
    const fields = {
      name,
      description: towns.map(each => each.name).join(' · '),
      businessunit: unit,
      city: towns[0]?.name ?? '',
      ...(lead === undefined ? {} : { lead: lead.id }),
    }
    yield { table: 'team', id: team, fields: { ...fields, ...address } }
  }
  for (const { id, name, unit, teams, roles } of samplePeople) {
    const [first = '', ...last] = name.split(' ')
    const place = places.find(each => each.team === teams[0]) ?? places[0]
    const isTechnician = roles.includes('technician')
    yield {
      table: 'systemuser',
      id,
      fields: {
        fullname: name,
        firstname: first,
        lastname: last.join(' '),
        jobtitle: titles[roles[0] ?? ''] ?? '',
        email: `${id}@fieldservice.example`,
        mobile: `${place?.dialing ?? ''} ${dice.between(1_000_000, 9_999_999)}`,
        businessunit: unit ?? '',
        startedOn: dateText(today - dice.between(200, 5_000) * day),
        active: true,
        ...(isTechnician ? { team: teams[0] ?? '', skills: skillsOf(dice) } : {}),
      },
    }
  }
  for (const { id, name, teams, roles } of samplePeople) {
    if (!roles.includes('technician')) continue
    const at = places.find(each => each.team === teams[0])?.towns[0]
    const position = at === undefined ? {} : { latitude: at.latitude, longitude: at.longitude }
    const fields = {
      name,
      kind: 'person',
      user: id,
      team: teams[0] ?? '',
      hourlyCost: dice.between(3_000, 6_500) / 100,
    }
    yield { table: 'bookableresource', id: resourceOf(id), fields: { ...fields, ...position, active: true } }
  }
}

const skillsOf = (dice: Dice): string[] => {
  const first = dice.between(0, skills.length - 1)
  return [skills[first] ?? '', skills[(first + dice.between(1, skills.length - 1)) % skills.length] ?? '']
}
