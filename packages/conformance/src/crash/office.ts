import { setTimeout as sleep } from 'node:timers/promises'
import { type Chance, pick } from '../simulator/chance.ts'
import { SHARED, sharedJob, TABLE } from './environment.ts'

/** The back office under the same kills: its answered writes are acknowledged edits too. */
export interface Office {
  /** writes without end */
  work(): void
  /** lets the write under way end */
  rest(): Promise<void>
  /** jobs whose create was answered with 201, or found to exist when it was asked again */
  readonly created: ReadonlySet<string>
}

export interface OfficeOptions {
  /** read at each request: a relay that was started again may have moved */
  readonly url: () => string
  readonly token: string
  readonly chance: Chance
}

/** Ms between two writes, and before a write is tried again. */
const PAUSE = 60
const AGAIN = 100

export const createOffice = ({ url, token, chance }: OfficeOptions): Office => {
  const created = new Set<string>()
  let working = false
  let under: Promise<void> = Promise.resolve()

  const send = (method: string, path: string, body: unknown): Promise<Response> =>
    fetch(`${url()}/api/tables/${TABLE}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000),
    })

  /** A relay that is down is asked again until it answers: only then is it known what became of the write. */
  const create = async (id: string, values: Readonly<Record<string, unknown>>): Promise<void> => {
    for (;;) {
      const response = await send('POST', '', { id, values }).catch(() => undefined)
      if (response?.status === 201 || response?.status === 409) {
        await response.arrayBuffer()
        created.add(id)
        return
      }
      if (response !== undefined) throw new Error(`the relay answered ${response.status}: ${await response.text()}`)
      await sleep(AGAIN)
    }
  }

  const work = async (): Promise<void> => {
    for (let index = 0; index < SHARED; index += 1)
      await create(sharedJob(index), { name: `Shared ${index}`, note: '' })
    for (let number = 1; working; number += 1) {
      if (chance.below(2) === 0) await create(`office-${number}`, { name: `Office ${number}`, maker: 'office' })
      else {
        const id = pick([0, 1, 2, 3].map(sharedJob), chance.below(1_000))
        const response = await send('PATCH', `/${id}`, { values: { note: `office ${number}` } }).catch(() => undefined)
        await response?.arrayBuffer().catch(() => undefined)
      }
      await sleep(PAUSE)
    }
  }

  return {
    created,
    work: () => {
      working = true
      under = work()
      // Heard by `rest`; without this a failure before it would end the process.
      under.catch(() => undefined)
    },
    rest: async () => {
      working = false
      await under
    },
  }
}
