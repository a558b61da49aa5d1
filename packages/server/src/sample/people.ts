import type { Person } from '@rejoin/profile'
import { directoryOf, type DirectorySource, type User } from '../directory/directory.ts'
import { resolvePerson } from '../directory/resolve.ts'
import { places, units } from './places.ts'

/** Three technicians per team, one of whom leads it. Ids can be typed; names are written as people write them. */
const technicians: Readonly<Record<string, readonly (readonly [id: string, name: string])[]>> = {
  'team.hamburg': [
    ['anke.petersen', 'Anke Petersen'],
    ['malte.schaefer', 'Malte Schäfer'],
    ['soenke.lueders', 'Sönke Lüders'],
  ],
  'team.aarhus': [
    ['mette.kjaer', 'Mette Kjær'],
    ['rasmus.oestergaard', 'Rasmus Østergaard'],
    ['soeren.lund', 'Søren Lund'],
  ],
  'team.goteborg': [
    ['linnea.sjoeberg', 'Linnéa Sjöberg'],
    ['goran.akesson', 'Göran Åkesson'],
    ['elin.nyman', 'Elin Nyman'],
  ],
  'team.sevilla': [
    ['ana.ruiz', 'Ana Ruiz'],
    ['inigo.nunez', 'Íñigo Núñez'],
    ['rocio.pena', 'Rocío Peña'],
  ],
  'team.porto': [
    ['ines.araujo', 'Inês Araújo'],
    ['goncalo.simoes', 'Gonçalo Simões'],
    ['leonor.leitao', 'Leonor Leitão'],
  ],
  'team.marseille': [
    ['helene.lefevre', 'Hélène Lefèvre'],
    ['remi.dupre', 'Rémi Dupré'],
    ['anais.noel', 'Anaïs Noël'],
  ],
  'team.krakow': [
    ['lukasz.zak', 'Łukasz Żak'],
    ['bozena.wojcik', 'Bożena Wójcik'],
    ['michal.zielinski', 'Michał Zieliński'],
  ],
  'team.plovdiv': [
    ['ivan.petrov', 'Иван Петров'],
    ['elena.nikolova', 'Елена Николова'],
    ['stoyan.todorov', 'Стоян Тодоров'],
  ],
  'team.thessaloniki': [
    ['eleni.georgiou', 'Ελένη Γεωργίου'],
    ['nikos.antoniou', 'Νίκος Αντωνίου'],
    ['sofia.oikonomou', 'Σοφία Οικονόμου'],
  ],
  'team.izmir': [
    ['ayse.yilmaz', 'Ayşe Yılmaz'],
    ['ibrahim.ozturk', 'İbrahim Öztürk'],
    ['isil.celik', 'Işıl Çelik'],
  ],
}

const dispatchers: readonly (readonly [id: string, name: string, unit: string])[] = [
  ['frauke.hansen', 'Frauke Hansen', 'unit.north'],
  ['hakan.berg', 'Håkan Berg', 'unit.north'],
  ['lucia.gomez', 'Lucía Gómez', 'unit.west'],
  ['tomas.magalhaes', 'Tomás Magalhães', 'unit.west'],
  ['agnieszka.dabrowska', 'Agnieszka Dąbrowska', 'unit.east'],
  ['maria.dimitrova', 'Мария Димитрова', 'unit.east'],
]

const office: readonly (readonly [id: string, name: string, unit: string])[] = [
  ['olivia.brandt', 'Olivia Brandt', 'unit.north'],
  ['noor.haddad', 'نور حداد', 'unit.west'],
  ['keiko.tanaka', '田中 恵子', 'unit.east'],
  ['daniel.levi', 'דניאל לוי', 'unit.east'],
]

/** Who in the office looks after the environment. */
const administrator = 'olivia.brandt'

const zoneOf = (unit: string): string => units.find(({ id }) => id === unit)!.timeZone
const dispatcherOf = (unit: string): string => dispatchers.find(([, , own]) => own === unit)![0]

/** A technician answers to who leads the team, who answers to the first dispatcher of the unit. */
const techniciansOf = ({ team, unit }: (typeof places)[number]): User[] => {
  const [lead, ...others] = technicians[team] ?? []
  const base = { unit, roles: ['technician'], timeZone: zoneOf(unit), position: 'Field technician' }
  return [
    ...(lead === undefined ? [] : [{ id: lead[0], name: lead[1], manager: dispatcherOf(unit), ...base }]),
    ...others.map(([id, name]) => ({ id, name, manager: lead![0], ...base })),
  ]
}

/** Everyone who can sign in: 30 technicians, 6 dispatchers, 4 people in the office, one of whom administers. */
export const sampleDirectory: DirectorySource = {
  units: [
    { id: 'unit.service', name: 'Field service' },
    ...units.map(({ id, name }) => ({ id, name, parent: 'unit.service' })),
  ],
  users: [
    ...places.flatMap(techniciansOf),
    ...dispatchers.map(([id, name, unit]) => ({
      id,
      name,
      unit,
      roles: ['dispatcher'],
      timeZone: zoneOf(unit),
      position: 'Dispatcher',
    })),
    ...office.map(([id, name, unit]) => ({
      id,
      name,
      unit,
      roles: id === administrator ? ['office', 'administrator'] : ['office'],
      timeZone: zoneOf(unit),
      position: 'Back office',
    })),
  ],
  teams: places.map(({ team, name, unit }) => ({
    id: team,
    name,
    unit,
    members: [
      ...(technicians[team] ?? []).map(([id]) => id),
      ...dispatchers.filter(([, , own]) => own === unit).map(([id]) => id),
    ],
  })),
}

const directory = directoryOf(sampleDirectory)

/** The same people, resolved: as filters and rights see them. */
export const samplePeople: readonly Person[] = [...directory.users.keys()].flatMap(
  id => resolvePerson(directory, id) ?? [],
)

/** Teams and business units by id and name, as relays and filters ask for them. */
export const sampleTeams: readonly { readonly id: string; readonly name: string; readonly unit: string }[] = places.map(
  ({ team, name, unit }) => ({ id: team, name, unit }),
)
export const sampleUnits: readonly { readonly id: string; readonly name: string }[] = units.map(({ id, name }) => ({
  id,
  name,
}))
