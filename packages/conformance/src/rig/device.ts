import { type Program, startProgram } from './program.ts'
import type { Question, Reply, Talk, Told } from './talk.ts'

/** A device: `openRejoin` of Node on a SQLite store, in a process that can be killed and started again on its store. */
export interface DeviceProcess {
  readonly name: string
  ask<Name extends keyof Talk>(name: Name, what: Talk[Name]['ask']): Promise<Talk[Name]['answer']>
  /** kill -9; what it had printed is heard first */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

export interface DeviceOptions {
  readonly name: string
  readonly url: string
  readonly token: string
  readonly store: string
  readonly onTold: (told: Told) => void
}

const SCRIPT = new URL('device.program.ts', import.meta.url)

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
}

export const startDevice = async ({ name, url, token, store, onTold }: DeviceOptions): Promise<DeviceProcess> => {
  const waiting = new Map<number, Waiting>()
  let program: Program
  let asked = 0

  const hear = (line: string): void => {
    const said = JSON.parse(line) as Reply | Told
    if ('told' in said) return onTold(said)
    const asker = waiting.get(said.n)
    waiting.delete(said.n)
    if ('failed' in said) asker?.reject(new Error(`${name}: ${said.failed}`))
    else asker?.resolve(said.answer)
  }

  const ask: DeviceProcess['ask'] = (question, what) =>
    new Promise((resolve, reject) => {
      asked += 1
      waiting.set(asked, { resolve: answer => resolve(answer as never), reject })
      program.tell(JSON.stringify({ n: asked, ask: question, with: what } satisfies Question))
    })

  const start = async (): Promise<void> => {
    program = startProgram({ script: SCRIPT, args: [JSON.stringify({ name, url, token, store })], onLine: hear })
    void program.ended.then(how => {
      for (const { reject } of waiting.values()) reject(new Error(`${name} ended before it answered: ${how}`))
      waiting.clear()
    })
    // The first answer says that the store is open.
    await ask('outbox', {})
  }

  await start()
  return { name, ask, kill: () => program.kill(), start, stop: () => program.stop() }
}
