import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StrategyName } from '@rejoin/profile'
import { requestsFixturePath, requestsMappingPath } from '@rejoin/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DemoReport, SceneReport } from './report.ts'

const SCRIPT = fileURLToPath(new URL('main.ts', import.meta.url))

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** `pnpm demo`, as a person runs it. */
const demo = (...args: readonly string[]): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const loader = ['--import', import.meta.resolve('tsx'), '--conditions=@rejoin/source']
    const child = spawn(process.execPath, [...loader, SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.once('error', reject)
    child.once('close', code => resolve({ code, out, err }))
  })

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rejoin-demo-test-'))
})
afterAll(() => rm(directory, { recursive: true }))

describe('the demo on a small sample', () => {
  let ran: Ran
  let report: DemoReport
  beforeAll(async () => {
    const json = join(directory, 'demo.json')
    ran = await demo('--work-orders', '150', '--edits', '120', '--json', json)
    if (ran.code === 0) report = JSON.parse(await readFile(json, 'utf8')) as DemoReport
  }, 120_000)

  /** The four records as they became under a strategy, in the order of the story. */
  const became = (strategy: StrategyName): readonly [SceneReport, SceneReport, SceneReport, SceneReport] =>
    report.acts.find(act => act.strategy === strategy)!.records as never
  const value = ({ became: row }: SceneReport, column: string): unknown => (row === 'deleted' ? row : row[column])
  const wrote = (scene: SceneReport, side: 'first' | 'second' | 'office', column: string): unknown => {
    const deed = scene.wrote[side]
    return deed === undefined || deed === 'deleted' ? deed : deed[column]
  }

  it('ends with exit code 0, without colour where nobody looks', () => {
    expect(`${ran.code} ${ran.err}`).toMatch(/^0 /)
    expect(ran.out).not.toContain('\u001B')
  })

  it('proves that relay and devices have one fingerprint and that no edit is unaccounted for', () => {
    const { replicas, accounts, saved, conflicts, breaches } = report.proof
    expect(replicas.map(({ name }) => name)).toEqual(['Relay', 'Frauke', 'Håkan'])
    expect(new Set(replicas.map(({ fingerprint }) => fingerprint)).size).toBe(1)
    expect(accounts.applied + accounts.lost).toBe(saved)
    expect(conflicts).toBeGreaterThan(0)
    expect(breaches).toEqual([])
    expect(ran.out).toContain('All 3 replicas have one fingerprint and every edit is accounted for.')
  })

  it('[CF3] under No the record of the device that came last stands, and a delete on a device deletes', () => {
    const [one, three, revived, deleted] = became('clientWins')
    expect(value(one, 'status')).toBe(wrote(one, 'second', 'status'))
    expect(value(three, 'status')).toBe(three.before['status'])
    expect(value(three, 'notes')).toBe(null)
    expect(value(three, 'estimatedMinutes')).toBe(wrote(three, 'second', 'estimatedMinutes'))
    expect(value(revived, 'notes')).toBe(wrote(revived, 'first', 'notes'))
    expect(deleted.became).toBe('deleted')
  })

  it('[CF4] under Yes every record is as the office left it', () => {
    const [one, three, gone, kept] = became('serverWins')
    expect(value(one, 'status')).toBe(wrote(one, 'office', 'status'))
    expect(value(three, 'status')).toBe(wrote(three, 'office', 'status'))
    expect(value(three, 'notes')).toBe(null)
    expect(value(three, 'estimatedMinutes')).toBe(three.before['estimatedMinutes'])
    expect(gone.became).toBe('deleted')
    expect(value(kept, 'status')).toBe(wrote(kept, 'office', 'status'))
  })

  it('[CF12] under merge every column keeps the side that changed it', () => {
    const [one, three, revived, kept] = became('merge')
    expect(value(one, 'status')).toBe(wrote(one, 'second', 'status'))
    expect(value(three, 'status')).toBe(wrote(three, 'office', 'status'))
    expect(value(three, 'notes')).toBe(wrote(three, 'first', 'notes'))
    expect(value(three, 'estimatedMinutes')).toBe(wrote(three, 'second', 'estimatedMinutes'))
    expect(value(revived, 'notes')).toBe(wrote(revived, 'first', 'notes'))
    expect(value(kept, 'status')).toBe(wrote(kept, 'office', 'status'))
  })

  it('[CF6] tells of every edit that met another one who made it, which strategy settled it, and both versions', () => {
    for (const { strategy, records } of report.acts) {
      const reasons = records.flatMap(({ why }) => why)
      expect(reasons.map(({ who }) => who).toSorted()).toEqual([
        'Frauke',
        'Frauke',
        'Frauke',
        'Håkan',
        'Håkan',
        'Håkan',
      ])
      expect(new Set(reasons.map(reason => reason.strategy))).toEqual(new Set([strategy]))
      for (const { mine, theirs } of reasons) expect(mine).not.toEqual(theirs)
    }
  })

  it('interrupts the upload in its middle: the killed relay had some of it, the killed device still held some', () => {
    const { saved, keptAtRelayKill, acknowledgedAtRelayKill, arrived } = report.crash
    expect(saved).toBe(120)
    expect(keptAtRelayKill).toBeGreaterThanOrEqual(acknowledgedAtRelayKill)
    expect(acknowledgedAtRelayKill).toBeGreaterThan(0)
    expect(arrived).toBe(saved)
  })
})

describe('the demo elsewhere', () => {
  it('plays on a CSV file by its mapping', async () => {
    const json = join(directory, 'csv.json')
    const args = ['--csv', requestsFixturePath, '--mapping', requestsMappingPath, '--edits', '20', '--json', json]
    const { code, err } = await demo(...args)
    expect(`${code} ${err}`).toMatch(/^0 /)
    const report = JSON.parse(await readFile(json, 'utf8')) as DemoReport
    expect(report).toMatchObject({ ok: true, table: 'request', proof: { breaches: [] } })
  }, 120_000)

  it('says what is wrong with a call, and with a file that is not there', async () => {
    const [half, missing] = await Promise.all([
      demo('--csv', requestsFixturePath),
      demo('--csv', join(directory, 'none.csv'), '--mapping', requestsMappingPath),
    ])
    expect(half).toMatchObject({
      code: 2,
      err: expect.stringContaining('--csv and --mapping belong together') as string,
    })
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('none.csv') as string })
  }, 60_000)
})
