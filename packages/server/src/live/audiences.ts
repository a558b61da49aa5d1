import type { Schema } from '@rejoin/profile'
import { type Audience, createAudience } from './audience.ts'
import type { Lens } from './linked.ts'
import type { Listener } from './table-audience.ts'

/** All who listen to a relay, by the profile they listen with. */
export interface Audiences<L extends Listener> {
  join(listener: L): void
  leave(listener: L): void
  all(): Iterable<Audience<L>>
  of(listener: L): Audience<L>
}

export const createAudiences = <L extends Listener>(lens: Lens): Audiences<L> => {
  const bySchema = new Map<Schema, Map<string, Audience<L>>>()

  const find = ({ scope: { schema, profile } }: L): { audiences: Map<string, Audience<L>>; name: string } => ({
    audiences: bySchema.get(schema) ?? new Map<string, Audience<L>>(),
    name: profile === undefined ? '' : `${profile.version} ${profile.name}`,
  })

  const of = (listener: L): Audience<L> => {
    const { schema, profile } = listener.scope
    const { audiences, name } = find(listener)
    const audience = audiences.get(name) ?? createAudience<L>(schema, profile, lens)
    bySchema.set(schema, audiences.set(name, audience))
    return audience
  }

  return {
    of,
    join: listener => of(listener).add(listener),
    leave: listener => {
      const { audiences, name } = find(listener)
      const audience = audiences.get(name)
      audience?.remove(listener)
      if (audience?.listeners.size === 0) audiences.delete(name)
      if (audiences.size === 0) bySchema.delete(listener.scope.schema)
    },
    all: function* () {
      for (const audiences of bySchema.values()) yield* audiences.values()
    },
  }
}
