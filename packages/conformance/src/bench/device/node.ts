import { type ChildProcess, fork } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeAnswer, NodeCall } from './node.process.ts'
import { type Place, programOver, type Running } from './place.ts'

/** Devices on Node: each program is a process, each database a file in the folder. */
export const nodePlace = (folder: string): Place => ({
  name: 'node',
  at: name => join(folder, `${name}.db`),
  start: startProcess,
  remove: async place => {
    for (const suffix of ['', '-wal', '-shm']) await rm(`${place}${suffix}`, { force: true })
  },
  close: async () => {},
})

const SCRIPT = fileURLToPath(new URL('node.process.ts', import.meta.url))

const startProcess = async (): Promise<Running> => {
  // The package as this process has it: built by `pnpm bench`, the source elsewhere.
  const conditions = import.meta.resolve('@rejoin/client').endsWith('.ts') ? ['--conditions=@rejoin/source'] : []
  const child = fork(SCRIPT, {
    execArgv: ['--import', import.meta.resolve('tsx'), ...conditions, '--expose-gc'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const orphan = (): void => void child.kill('SIGKILL')
  process.once('exit', orphan)
  const call = await channelTo(child)
  return {
    ...programOver(call),
    heap: () => call('heap', []) as Promise<number>,
    end: async () => {
      const ended = new Promise(resolve => child.once('exit', resolve))
      child.disconnect()
      await ended
      process.off('exit', orphan)
    },
  }
}

type NodeChannel = (name: NodeCall['name'], args: readonly unknown[]) => Promise<unknown>

/** Resolves when the process answers. */
const channelTo = async (child: ChildProcess): Promise<NodeChannel> => {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(fault: Error): void }>()
  let calls = 0
  const wait = (n: number): Promise<unknown> => new Promise((resolve, reject) => waiting.set(n, { resolve, reject }))
  child.on('message', ({ n, value, fault }: NodeAnswer) => {
    if (fault === undefined) waiting.get(n)?.resolve(value)
    else waiting.get(n)?.reject(new Error(fault))
    waiting.delete(n)
  })
  child.once('exit', code => {
    for (const { reject } of waiting.values()) reject(new Error(`the device's process ended with ${code}`))
  })
  await wait(0)
  return (name, args) => {
    const n = ++calls
    child.send({ n, name, args } satisfies NodeCall)
    return wait(n)
  }
}
