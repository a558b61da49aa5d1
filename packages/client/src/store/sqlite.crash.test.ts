import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openSqliteStore } from './sqlite.ts'

const writer = fileURLToPath(new URL('sqlite.writer.fixture.ts', import.meta.url))

/** Runs the writer, kills it after some acknowledged commits, and gives the keys it had acknowledged by then. */
async function killAfter(path: string, acks: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@rejoin/source', writer, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<NodeJS.Signals | null>(resolve => child.once('exit', (_, signal) => resolve(signal)))
  const acked: string[] = []
  for await (const key of createInterface({ input: child.stdout })) {
    acked.push(key)
    if (acked.length === 1) await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'busy' })
    if (acked.length === acks) child.kill('SIGKILL')
  }
  expect(await ended).toBe('SIGKILL')
  return acked
}

it(
  'a killed program loses no acknowledged commit, leaves none half done, and no lock',
  { timeout: 60_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'rejoin-crash-'))
    try {
      const path = join(directory, 'store.sqlite')
      const acked: string[] = []
      for (const acks of [3, 40, 171]) {
        acked.push(...(await killAfter(path, acks)))
        const store = await openSqliteStore({ path })
        const [pages, overlay, outbox] = [
          await store.scan('page'),
          await store.scan('overlay'),
          await store.scan('outbox'),
        ]
        const keys = outbox.map(([key]) => key)
        expect(acked.filter(key => !keys.includes(key))).toEqual([])
        expect(overlay.map(([key]) => key)).toEqual(keys)
        expect(pages.map(([key]) => key)).toEqual(keys)
        for (const [key, value] of pages) expect(value).toEqual(new Uint8Array(3000).fill(Number(key)))
        await store.close()
      }
      expect(acked.length).toBeGreaterThanOrEqual(3 + 40 + 171)
    } finally {
      await rm(directory, { recursive: true })
    }
  },
)
