// Runs in a process of its own: a device on Node with its store in a file, driven over the parent's channel.
import { rm } from 'node:fs/promises'
import { openRejoin, openSqliteStore } from '@rejoin/client/node'
import type { benchSchema } from '../record.ts'
import { createProgram, type Program } from './program.ts'
import { rejoinLibrary } from './rejoin.ts'

/** A call by its number; `heap` is the process's own. */
export interface NodeCall {
  readonly n: number
  readonly name: keyof Program | 'heap'
  readonly args: readonly unknown[]
}

export interface NodeAnswer {
  readonly n: number
  readonly value?: unknown
  readonly fault?: string
}

const program = createProgram(opening =>
  rejoinLibrary(opening, {
    store: path => openSqliteStore({ path }),
    device: ({ url, token, place }, store) =>
      openRejoin<typeof benchSchema>({
        url,
        token,
        app: 'bench',
        connect: false,
        ...(store === undefined ? { path: place } : { store }),
      }),
    remove: async path => {
      for (const suffix of ['', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true })
    },
  }),
)

const heap = async (): Promise<number> => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const answer = async ({ n, name, args }: NodeCall): Promise<NodeAnswer> => {
  const called = { ...program, heap }[name] as (...args: readonly unknown[]) => Promise<unknown>
  try {
    return { n, value: await called(...args) }
  } catch (error) {
    return { n, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

process.on('message', (call: NodeCall) => {
  void answer(call).then(answered => process.send?.(answered))
})
// Without a parent there is nobody to measure for.
process.once('disconnect', () => process.exit())
process.send?.({ n: 0 } satisfies NodeAnswer)
