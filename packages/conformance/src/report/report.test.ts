import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { writeJson } from './json.ts'
import { startProgress } from './progress.ts'
import { table } from './table.ts'

describe('table', () => {
  it('aligns columns under a rule, numbers to the right with thousands set apart', () => {
    const text = table(
      ['name', 'rows', 'ratio'],
      [
        ['first-sync', 10_000, 0.61],
        ['a', 7, 12.5],
      ],
    )
    expect(text.split('\n')).toEqual([
      'name          rows  ratio',
      '─────────────────────────',
      'first-sync  10,000   0.61',
      'a                7   12.5',
    ])
  })

  it('wraps a long cell at words within its width, and needs no rows', () => {
    const text = table(['id', { head: 'sentence', width: 12 }], [['CF3', 'the data on the device wins']])
    expect(text.split('\n').slice(2)).toEqual(['CF3  the data on', '     the device', '     wins'])
    expect(table(['id', 'n'], [])).toBe('id  n\n─────')
  })
})

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const screen = (isTTY: boolean): { out: PassThrough & { isTTY: boolean }; text: () => string } => {
    const out = Object.assign(new PassThrough(), { isTTY })
    let text = ''
    out.on('data', (chunk: Buffer) => void (text += chunk.toString()))
    return { out, text: () => text }
  }

  it('shows nothing for a job that takes less than two seconds', () => {
    const { out, text } = screen(false)
    const progress = startProgress('import', { total: 10, out })
    vi.advanceTimersByTime(1_900)
    progress.at(9)
    progress.end()
    vi.advanceTimersByTime(60_000)
    expect(text()).toBe('')
  })

  it('writes a line every five seconds where there is no terminal, also when the job never yields', () => {
    const { out, text } = screen(false)
    const progress = startProgress('import', { total: 10, unit: 'rows', out })
    progress.at(1)
    vi.advanceTimersByTime(2_000)
    progress.at(5, 'requests.csv')
    vi.advanceTimersByTime(4_500)
    vi.setSystemTime(Date.now() + 5_000)
    progress.at(6)
    progress.end()
    expect(text().trimEnd().split('\n')).toEqual(['import: 1/10 (10%) rows', 'import: 6/10 (60%) rows requests.csv'])
  })

  it('draws a bar on a terminal, and a spinner where the total is unknown', () => {
    const bar = screen(true)
    const known = startProgress('seeds', { out: bar.out })
    known.of(4)
    known.at(2)
    vi.advanceTimersByTime(2_500)
    known.end()
    expect(bar.text()).toContain('50%')
    const spinner = screen(true)
    const unknown = startProgress('waiting', { out: spinner.out })
    unknown.at(3)
    vi.advanceTimersByTime(2_500)
    unknown.end()
    expect(spinner.text()).toMatch(/[⠋-⠿] waiting {2}3/)
    expect(spinner.text()).not.toContain('%')
  })
})

describe('writeJson', () => {
  it('replaces the file as a whole, makes missing folders, and leaves nothing beside it', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'rejoin-report-'))
    try {
      const file = join(dir, 'deep', 'report.json')
      await writeJson(file, { measures: [] })
      await writeJson(file, { measures: [1] })
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ measures: [1] })
      expect(await readdir(join(dir, 'deep'))).toEqual(['report.json'])
    } finally {
      await rm(dir, { recursive: true })
    }
  })

  it('leaves the old file as it was when the value cannot be written', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'rejoin-report-'))
    try {
      const file = join(dir, 'report.json')
      await writeFile(file, 'old')
      await expect(writeJson(file, { big: 1n })).rejects.toThrow(/BigInt/)
      expect(await readFile(file, 'utf8')).toBe('old')
      expect(await readdir(dir)).toEqual(['report.json'])
    } finally {
      await rm(dir, { recursive: true })
    }
  })
})
