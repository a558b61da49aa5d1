import { type Program, startProgram } from './program.ts'

/** `rejoin serve` on a database, in a process that can be killed and started again at the same address. */
export interface RelayProcess {
  readonly url: string
  /** kill -9; the database is then as the disk has it */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
  /** resolves when the relay prints a line that fits; lines printed before do not count */
  says(line: RegExp, within?: number): Promise<void>
}

const CLI = new URL('../../../server/src/cli.ts', import.meta.url)
const READY = /^Rejoin relay at (http:\S+:(\d+)),/
const START_LIMIT = 60_000

/** Sign-in is by the development issuer (`tokenFor`). */
export const startRelayOn = async (db: string, more: readonly string[] = []): Promise<RelayProcess> => {
  const listeners = new Set<(line: string) => void>()
  let program: Program
  let url = ''
  let port = '0'

  const says = (wanted: RegExp, within = START_LIMIT): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(late)
        listeners.delete(hear)
      }
      const hear = (line: string): void => {
        const match = wanted.exec(line)
        if (match === null) return
        end()
        resolve(match)
      }
      const late = setTimeout(() => {
        end()
        reject(new Error(`the relay did not say ${wanted} within ${within} ms`))
      }, within)
      listeners.add(hear)
      void program.ended.then(how => {
        end()
        reject(new Error(`the relay ended before it said ${wanted}: ${how}`))
      })
    })

  const start = async (): Promise<void> => {
    program = startProgram({
      script: CLI,
      args: ['serve', '--db', db, '--port', port, '--dev-issuer', ...more],
      onLine: line => {
        for (const listener of listeners) listener(line)
      },
    })
    const [, address = '', given = ''] = await says(READY)
    url = address
    port = given
  }

  await start()
  return {
    get url() {
      return url
    },
    kill: () => program.kill(),
    start,
    stop: () => program.stop(),
    says: async (line, within) => void (await says(line, within)),
  }
}
