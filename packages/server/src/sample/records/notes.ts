import type { Place } from '../places.ts'
import type { Dice } from './dice.ts'

/** What people write down, in the scripts they write in: two unit-wide languages and what the place speaks. */
const local: Readonly<Record<string, readonly string[]>> = {
  'team.hamburg': ['Schlüssel beim Hausmeister, Klingel defekt.', 'Zugang nur über den Hof – bitte vorher anrufen.'],
  'team.aarhus': ['Nøglen ligger hos naboen på første sal.', 'Hunden er sød, men gør højt.'],
  'team.goteborg': ['Portkod 4711, gården är låst efter kl. 18.', 'Hissen är trång – ta med lätta verktyg.'],
  'team.sevilla': ['Llamar antes de ir; el portero guarda la llave.', 'No aparcar en la calle: hay obras.'],
  'team.porto': ['A chave está na receção. Não usar o elevador.', 'Atenção: cão no quintal.'],
  'team.marseille': ['Le gardien a la clé ; sonner deux fois.', 'Accès par l’arrière, côté garage.'],
  'team.krakow': ['Klucz u dozorcy, wejście od podwórza.', 'Proszę dzwonić wcześniej — żona śpi po nocnej zmianie.'],
  'team.plovdiv': ['Ключът е при портиера. Звънецът не работи.', 'Да се обади един час по-рано.'],
  'team.thessaloniki': ['Το κλειδί είναι στον θυρωρό.', 'Παρακαλώ τηλεφωνήστε πριν έρθετε.'],
  'team.izmir': ['Anahtar kapıcıda, zil çalışmıyor.', 'Öğle arasında gelmeyin; iş yeri kapalı.'],
}
const anywhere = [
  'Customer asks for a call 30 minutes before arrival 📞',
  'يرجى الاتصال قبل الوصول، المفتاح عند الحارس.',
  'נא להתקשר לפני ההגעה.',
  '到着の前にお電話ください。',
  '请提前一小时联系客户。',
  'कृपया आने से पहले फ़ोन करें।',
  'Part ordered ✅ – second visit needed ⚠️',
]

export const noteIn = (dice: Dice, place: Place): string => {
  const note = dice.pick(local[place.team] ?? anywhere)
  return dice.chance(0.25) ? `${note}\n${dice.pick(anywhere)}` : note
}
