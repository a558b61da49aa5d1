import { strategies, type StrategyName } from '@rejoin/profile'
import { people } from '../proofs/world.ts'
import { pick } from '../simulator/chance.ts'
import { closed, traits } from './field.ts'
import { type Land, POOL } from './land.ts'
import type { Step } from './plan.ts'

/** What the back office writes meanwhile, and what its administrator changes. */
export const administer = async (land: Land, { kind, r: [a, b, c] }: Step): Promise<void> => {
  const { rig, book, desks } = land
  const record = pick(POOL, a)
  const text = `office ${++land.written}`
  switch (kind) {
    case 'office':
      if (b % 7 === 0 && !book.deleted.has(record)) {
        book.deleted.set(record, 'office')
        return void (await rig.office.remove('workorder', record))
      }
      return void (await rig.office.update('workorder', record, { [pick(['note', 'title', 'note'], c)]: text }))
    case 'close':
      return void (await rig.office.update('workorder', record, { status: 'closed' }))
    case 'reopen':
      await rig.setRules([])
      for (const id of POOL) await rig.office.update('workorder', id, { status: 'open' })
      return rig.setRules([closed])
    case 'strategy':
      return rig.setSettings({ strategy: pick(Object.keys(strategies) as StrategyName[], b) })
    case 'schema': {
      const trait = pick(traits, a)
      if (!land.traits.delete(trait)) land.traits.add(trait)
      return land.tellSchema()
    }
    case 'rights':
      return rig.setPerson(b % 2 === 0 ? { ...mia, roles: ['looker'] } : mia)
    case 'remove': {
      const ben = desks.find(({ user }) => user === 'ben')!
      if (c % 3 !== 0 || ben.removed) return
      ben.removed = true
      return rig.removeUser('ben')
    }
    default:
  }
}

const mia = people.find(({ id }) => id === 'mia')!

/** As it was: what is not allowed for now is nobody's fault. */
export const giveRightsBack = ({ rig }: Land): Promise<void> => rig.setPerson(mia)
