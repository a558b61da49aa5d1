/** The whole command but its flags, on a workspace with one test file. */
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { reportConformance } from './conformance.ts'

const vitest = fileURLToPath(new URL('../../../../node_modules/vitest', import.meta.url))
let root = ''
let json = ''
let printed = ''

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'rejoin-tiny-')))
  json = join(root, 'out/statements.json')
  await mkdir(join(root, '.ci'))
  await mkdir(join(root, 'src'))
  await mkdir(join(root, 'node_modules'))
  await symlink(await realpath(vitest), join(root, 'node_modules/vitest'))
  await writeFile(join(root, '.ci/vitest.config.ts'), `export default { test: { include: ['src/*.test.ts'] } }`)
})
afterAll(() => rm(root, { recursive: true, force: true }))
beforeEach(() => {
  printed = ''
  const log = vi.spyOn(console, 'log').mockImplementation((text: string) => void (printed += `${text}\n`))
  return () => log.mockRestore()
})

const run = async (tests: string, only: readonly string[], strict = false): Promise<number> => {
  await writeFile(join(root, 'src/a.test.ts'), `import { expect, it } from 'vitest'\n${tests}`)
  return reportConformance({ root, only, strict, json })
}

it('is good when every test passes, and with strict only when every statement has one', async () => {
  const tests = [1, 2, 3].map(at => `it('[ER${at}] holds', () => expect(1).toBe(1))`).join('\n')
  expect(await run(tests, ['ER'])).toBe(0)
  expect(JSON.parse(await readFile(json, 'utf8'))).toEqual({
    statements: [
      { id: 'ER1', status: 'pass', tests: 1 },
      { id: 'ER2', status: 'pass', tests: 1 },
      { id: 'ER3', status: 'pass', tests: 1 },
      { id: 'ER4', status: 'not-yet', tests: 0 },
    ],
  })
  expect(await run(tests, ['ER'], true)).toBe(1)
  expect(await run(`${tests}\nit('[ER4] holds', () => expect(1).toBe(1))`, ['ER'], true)).toBe(0)
})

it('is not good when a test fails, a title names an unknown id, or a file cannot be loaded', async () => {
  expect(await run(`it('[ER1] breaks', () => expect(1).toBe(2))`, ['ER'])).toBe(1)
  expect(printed).toMatch(/ER1 +fail +1/)
  expect(await run(`it('[ER77] holds', () => expect(1).toBe(1))`, [])).toBe(1)
  expect(printed).toContain('unknown id ER77 in src/a.test.ts')
  expect(await run(`import './nowhere.ts'`, ['ER'])).toBe(1)
  expect(printed).toContain('broken src/a.test.ts')
})
