import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openSqliteStorage } from './sqlite.ts'

const KILLS = 3
const BATCH = 20
const child = fileURLToPath(new URL('committing.fixture.ts', import.meta.url))

/** Starts the committing process, kills it `delay` ms after its first ack, and gives the batches it acknowledged. */
const commitUntilKilled = (path: string, start: number, delay: number): Promise<number[]> =>
  new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', '--conditions=@rejoin/source', child, path, String(start), String(BATCH)]
    const running = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    let timer: NodeJS.Timeout | undefined
    running.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('\n')) timer ??= setTimeout(() => running.kill('SIGKILL'), delay)
    })
    running.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    running.on('error', reject)
    running.on('close', (code, signal) => {
      clearTimeout(timer)
      if (signal !== 'SIGKILL') return reject(new Error(`ended by itself with ${code}: ${err}`))
      // a line without its end was not fully printed
      resolve(out.split('\n').slice(0, -1).map(Number))
    })
  })

it('survives kill -9 at random moments: every acknowledged batch is there whole, and no half batch', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rejoin-kill-'))
  const path = join(directory, 'relay.db')
  const acked: number[] = []
  let next = 1
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const delay = Math.floor(Math.random() * 120)
    const acks = await commitUntilKilled(path, next, delay)
    const say = `kill ${kill} after ${delay} ms, ${acks.length} acks`
    if (acks.length === 0) throw new Error(`${say}: killed before the first`)
    acked.push(...acks)

    const storage = await openSqliteStorage({ path, newId: () => 'unused' })
    const last = await storage.snapshot(async view => {
      const sizes = new Map<number, number>()
      for (const { id, envelope } of await view.page('order', '', 1_000_000)) {
        const batch = Number(id.split('-')[0])
        if (envelope.length === 700 && envelope.every(byte => byte === (batch & 255)))
          sizes.set(batch, (sizes.get(batch) ?? 0) + 1)
      }
      const batches = [...sizes.keys()]
      const edits = await view.edits(batches.map(batch => `e${batch}`))
      expect({
        say,
        ackedNotWhole: acked.filter(batch => sizes.get(batch) !== BATCH),
        notWhole: batches.filter(batch => sizes.get(batch) !== BATCH),
        edits: edits.length,
        rev: view.head.rev,
      }).toEqual({ say, ackedNotWhole: [], notWhole: [], edits: batches.length, rev: batches.length * BATCH })
      return Math.max(...batches)
    })
    await storage.close()
    next = last + 1
  }
  await rm(directory, { recursive: true })
})
