/** Three business units, ten teams, each with its towns, streets and the names people have there. */
export interface Unit {
  readonly id: string
  readonly name: string
  readonly code: string
  readonly city: string
  readonly country: string
  readonly timeZone: string
}

export interface Town {
  readonly name: string
  readonly postalcode: string
  readonly latitude: number
  readonly longitude: number
}

export interface Place {
  readonly team: string
  readonly name: string
  readonly unit: string
  readonly country: string
  readonly dialing: string
  readonly towns: readonly Town[]
  readonly streets: readonly string[]
  readonly firstNames: readonly string[]
  readonly lastNames: readonly string[]
  readonly company: readonly string[]
}

export const units: readonly Unit[] = [
  { id: 'unit.north', name: 'North', code: 'N', city: 'Hamburg', country: 'Deutschland', timeZone: 'Europe/Berlin' },
  { id: 'unit.west', name: 'West', code: 'W', city: 'Sevilla', country: 'España', timeZone: 'Europe/Madrid' },
  { id: 'unit.east', name: 'East', code: 'E', city: 'Θεσσαλονίκη', country: 'Ελλάδα', timeZone: 'Europe/Athens' },
]

const town = (name: string, postalcode: string, latitude: number, longitude: number): Town => ({
  name,
  postalcode,
  latitude,
  longitude,
})
const words = (text: string): string[] => text.split(', ')

export const places: readonly Place[] = [
  {
    team: 'team.hamburg',
    name: 'Team Hamburg',
    unit: 'unit.north',
    country: 'Deutschland',
    dialing: '+49 40',
    towns: [
      town('Hamburg', '22765', 53.55, 9.93),
      town('Lüneburg', '21335', 53.25, 10.41),
      town('Stade', '21682', 53.6, 9.48),
    ],
    streets: words('Große Elbstraße, Am Sande, Bahnhofstraße, Lange Reihe, Königstraße'),
    firstNames: words('Jürgen, Anke, Björn, Frauke, Sönke, Heike, Malte, Silke'),
    lastNames: words('Petersen, Schäfer, Lüders, Möller, Hansen, Groß, Brandt'),
    company: words('Bäckerei, Hotel, Werft, Autohaus, Klinik'),
  },
  {
    team: 'team.aarhus',
    name: 'Team Aarhus',
    unit: 'unit.north',
    country: 'Danmark',
    dialing: '+45 86',
    towns: [
      town('Aarhus', '8000', 56.15, 10.2),
      town('Skanderborg', '8660', 56.03, 9.93),
      town('Hørning', '8362', 56.09, 10.04),
    ],
    streets: words('Søndergade, Åboulevarden, Nørregade, Vestergade, Skovvejen'),
    firstNames: words('Søren, Mette, Jørgen, Bodil, Åse, Rasmus, Kirsten'),
    lastNames: words('Nielsen, Sørensen, Østergaard, Møller, Kjær, Lund'),
    company: words('Bageri, Mejeri, Hotel, Skole, Værksted'),
  },
  {
    team: 'team.goteborg',
    name: 'Team Göteborg',
    unit: 'unit.north',
    country: 'Sverige',
    dialing: '+46 31',
    towns: [
      town('Göteborg', '411 06', 57.71, 11.97),
      town('Mölndal', '431 30', 57.66, 12.01),
      town('Kungälv', '442 30', 57.87, 11.98),
    ],
    streets: words('Linnégatan, Storgatan, Kyrkogatan, Västra Hamngatan, Björkvägen'),
    firstNames: words('Åsa, Göran, Linnéa, Örjan, Maja, Håkan, Elin'),
    lastNames: words('Lindström, Åkesson, Sjöberg, Bergström, Öberg, Nyman'),
    company: words('Bageri, Varv, Hotell, Sjukhus, Verkstad'),
  },
  {
    team: 'team.sevilla',
    name: 'Equipo Sevilla',
    unit: 'unit.west',
    country: 'España',
    dialing: '+34 95',
    towns: [
      town('Sevilla', '41001', 37.39, -5.99),
      town('Dos Hermanas', '41701', 37.28, -5.92),
      town('Écija', '41400', 37.54, -5.08),
    ],
    streets: words('Calle Betis, Avenida de la Constitución, Calle Feria, Calle Sierpes, Plaza Nueva'),
    firstNames: words('Ana, José, Begoña, Íñigo, Lucía, Andrés, Rocío'),
    lastNames: words('Ruiz, Núñez, Gómez, Peña, Ibáñez, Muñoz'),
    company: words('Panadería, Hotel, Clínica, Taller, Bodega'),
  },
  {
    team: 'team.porto',
    name: 'Equipa Porto',
    unit: 'unit.west',
    country: 'Portugal',
    dialing: '+351 22',
    towns: [
      town('Porto', '4000-007', 41.15, -8.61),
      town('Vila Nova de Gaia', '4400-001', 41.13, -8.61),
      town('Póvoa de Varzim', '4490-001', 41.38, -8.76),
    ],
    streets: words('Rua das Flores, Avenida dos Aliados, Rua de São João, Rua da Conceição, Cais da Estiva'),
    firstNames: words('João, Inês, Gonçalo, Conceição, Tomás, Leonor, Simão'),
    lastNames: words('Araújo, Magalhães, Simões, Conceição, Guimarães, Leitão'),
    company: words('Padaria, Hotel, Clínica, Oficina, Adega'),
  },
  {
    team: 'team.marseille',
    name: 'Équipe Marseille',
    unit: 'unit.west',
    country: 'France',
    dialing: '+33 4 91',
    towns: [
      town('Marseille', '13001', 43.3, 5.37),
      town('Aubagne', '13400', 43.29, 5.57),
      town('La Ciotat', '13600', 43.17, 5.61),
    ],
    streets: words('Rue de Rome, Boulevard Longchamp, Cours Belsunce, Rue Paradis, Allée des Pins'),
    firstNames: words('Hélène, François, Zoé, Jérôme, Anaïs, Rémi, Maëlle'),
    lastNames: words('Lefèvre, Garçon, Béranger, Dupré, Noël, Maréchal'),
    company: words('Boulangerie, Hôtel, Clinique, Garage, Chantier naval'),
  },
  {
    team: 'team.krakow',
    name: 'Zespół Kraków',
    unit: 'unit.east',
    country: 'Polska',
    dialing: '+48 12',
    towns: [
      town('Kraków', '31-001', 50.06, 19.94),
      town('Wieliczka', '32-020', 49.99, 20.06),
      town('Oświęcim', '32-600', 50.03, 19.24),
    ],
    streets: words('ul. Floriańska, ul. Długa, ul. Świętej Anny, ul. Grodzka, al. Słowackiego'),
    firstNames: words('Łukasz, Małgorzata, Paweł, Agnieszka, Michał, Bożena, Wojciech'),
    lastNames: words('Wiśniewski, Dąbrowska, Zieliński, Wójcik, Kozłowska, Żak'),
    company: words('Piekarnia, Hotel, Szpital, Warsztat, Szkoła'),
  },
  {
    team: 'team.plovdiv',
    name: 'Екип Пловдив',
    unit: 'unit.east',
    country: 'България',
    dialing: '+359 32',
    towns: [
      town('Пловдив', '4000', 42.14, 24.75),
      town('Асеновград', '4230', 42.01, 24.87),
      town('Хисаря', '4180', 42.5, 24.7),
    ],
    streets: words('ул. Отец Паисий, бул. Марица, ул. Гладстон, ул. Иван Вазов, бул. Руски'),
    firstNames: words('Иван, Мария, Георги, Елена, Димитър, Цветелина, Стоян'),
    lastNames: words('Петров, Иванова, Димитров, Николова, Тодоров, Стоянова'),
    company: words('Пекарна, Хотел, Болница, Сервиз, Училище'),
  },
  {
    team: 'team.thessaloniki',
    name: 'Ομάδα Θεσσαλονίκης',
    unit: 'unit.east',
    country: 'Ελλάδα',
    dialing: '+30 2310',
    towns: [
      town('Θεσσαλονίκη', '546 22', 40.64, 22.94),
      town('Καλαμαριά', '551 31', 40.58, 22.95),
      town('Βέροια', '591 00', 40.52, 22.2),
    ],
    streets: words('Οδός Εγνατία, Οδός Τσιμισκή, Λεωφόρος Νίκης, Οδός Ερμού, Οδός Αγίας Σοφίας'),
    firstNames: words('Γιώργος, Μαρία, Νίκος, Ελένη, Δημήτρης, Σοφία, Κώστας'),
    lastNames: words('Παπαδόπουλος, Νικολάου, Γεωργίου, Αντωνίου, Δημητρίου, Οικονόμου'),
    company: words('Φούρνος, Ξενοδοχείο, Κλινική, Συνεργείο, Σχολείο'),
  },
  {
    team: 'team.izmir',
    name: 'İzmir Ekibi',
    unit: 'unit.east',
    country: 'Türkiye',
    dialing: '+90 232',
    towns: [
      town('İzmir', '35220', 38.42, 27.14),
      town('Karşıyaka', '35530', 38.46, 27.11),
      town('Çeşme', '35930', 38.32, 26.3),
    ],
    streets: words('Kıbrıs Şehitleri Caddesi, Gazi Bulvarı, Plevne Bulvarı, Çankaya Sokağı, Atatürk Caddesi'),
    firstNames: words('Ayşe, Mehmet, Gülşah, İbrahim, Zeynep, Çağrı, Işıl'),
    lastNames: words('Yılmaz, Öztürk, Şahin, Çelik, Güneş, Aydın'),
    company: words('Fırın, Otel, Hastane, Servis, Okul'),
  },
]
