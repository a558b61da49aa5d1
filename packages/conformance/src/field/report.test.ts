import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, vi } from 'vitest'
import type { TestResult } from '../statements/test-run.ts'
import { reportResults } from './report.ts'

let printed = ''
beforeEach(() => {
  printed = ''
  const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void (printed += `${text}\n`))
  return () => log.mockRestore()
})

const result = (title: string, status: TestResult['status'] = 'pass', message = ''): TestResult => ({
  ...{ file: 'field', title, fullTitle: title, status, message },
})
const errors = [1, 2, 3, 4].map(at => result(`[ER${at}] holds`))
const report = (tests: readonly TestResult[], strict = false, json?: string): Promise<number> =>
  reportResults(tests, { only: ['ER'], strict, said: 'here', ...(json === undefined ? {} : { json }) })

it('is good when every scenario passed, and tells the results as JSON in the shape of the proofs', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'rejoin-field-'))
  const json = join(dir, 'field.json')
  expect(await report(errors, true, json)).toBe(0)
  expect(printed).toContain('4 of 4 scenarios passed here')
  expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({
    statements: [{ id: 'ER1', status: 'pass', tests: 1 }, {}, {}, {}],
  })
  await rm(dir, { recursive: true })
})

it('is not when one failed, and says what was expected and seen', async () => {
  const failed = result('[ER2] [ER3] holds', 'fail', 'at once\n  expected 1\n  seen     2')
  expect(await report([...errors, failed])).toBe(1)
  expect(printed).toMatch(/ER2 +fail[^]*ER3 +fail[^]*failed field: \[ER2\] \[ER3\] holds[^]*expected 1[^]*seen {5}2/)
})

it('only a strict run minds what was skipped; what is out of reach is a row of its own', async () => {
  const skipped = [...errors.slice(1), result('[ER1] holds', 'skip', 'the relay lacks it')]
  expect([await report(skipped), await report(skipped, true)]).toEqual([0, 1])
  expect(printed).toMatch(/ER1 +not yet \(1 skipped\)[^]*the relay lacks it[^]*ER1: not proven, which --strict refuses/)
  expect(await reportResults([], { only: ['CF'], strict: false, said: 'here' })).toBe(0)
  expect(printed).toMatch(/CF2 +not black-box +0/)
})
