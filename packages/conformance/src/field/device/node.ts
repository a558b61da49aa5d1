import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleProgram } from '../../rig/bundle.ts'
import { type Program, startProgram } from '../../rig/program.ts'
import type { Place } from './place.ts'
import { answerIn, type Failure, type Question, type Reply } from './question.ts'

const SCRIPT = new URL('node.program.ts', import.meta.url)

/** Devices in a process of their own, over SQLite files: when it is killed, all of them are. */
export const nodePlace = async (): Promise<Place> => {
  const dir = await mkdtemp(join(tmpdir(), 'rejoin-field-'))
  const script = await bundleProgram(SCRIPT, dir)
  let program: Promise<Started> | undefined
  const running = (): Promise<Started> => (program ??= start(script))
  return {
    open: async (store, opened) => {
      const { tell, kill } = await running()
      const device = join(dir, `${store}.db`)
      const ask = (name: Question['ask'], what: readonly unknown[]): Promise<unknown> =>
        tell({ device, ask: name, with: what })
      await ask('open', [opened])
      return {
        ask,
        kill: async () => {
          program = undefined
          await kill()
        },
      }
    },
    close: async () => {
      await (await program)?.kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

interface Started extends Pick<Program, 'kill'> {
  readonly tell: (question: Question) => Promise<unknown>
}

const start = async (script: URL): Promise<Started> => {
  const waiting = new Map<number, (reply: Reply) => void>()
  let asked = -1
  let ended: Failure | undefined
  let killed = false
  const expect = (say: (n: number) => void): Promise<unknown> => {
    const n = ++asked
    return new Promise<Reply>(resolve => {
      waiting.set(n, resolve)
      say(n)
    }).then(answerIn)
  }
  const program = startProgram({
    script,
    args: [],
    onLine: line => {
      const { n, ...reply } = JSON.parse(line) as Reply & { readonly n: number }
      waiting.get(n)?.(reply)
      waiting.delete(n)
    },
  })
  void program.ended.then(how => {
    ended = { name: 'Ended', message: `the process of the devices ended: ${how}` }
    for (const resolve of waiting.values()) resolve({ failed: ended })
    waiting.clear()
  })
  // It says by itself that it is there.
  await expect(() => undefined)
  return {
    tell: async question => {
      // What was killed needs no closing.
      if (killed && question.ask === 'close') return undefined
      if (ended !== undefined) return answerIn({ failed: ended })
      return expect(n => program.tell(JSON.stringify({ n, ...question })))
    },
    kill: () => {
      killed = true
      return program.kill()
    },
  }
}
