/** The machinery tried on a tiny workspace of two packages, one of which imports the other by name. */
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgeAll } from './mutate.ts'
import type { Mutation } from './mutation.ts'
import { runTests } from './test-run.ts'
import { copyWorkTree } from './work-copy.ts'

const checkout = fileURLToPath(new URL('../../../..', import.meta.url))

const files: Record<string, string> = {
  'package.json': '{ "name": "tiny", "private": true, "type": "module" }',
  '.ci/vitest.config.ts': `export default { test: { include: ['packages/*/src/**/*.test.ts'] } }`,
  'packages/sum/package.json': '{ "name": "@tiny/sum", "type": "module", "exports": "./src/sum.ts" }',
  'packages/sum/src/sum.ts': 'export const sum = (a: number, b: number): number => a + b\n',
  'packages/user/package.json': '{ "name": "@tiny/user", "type": "module" }',
  'packages/user/src/user.test.ts': `
    import { describe, expect, it } from 'vitest'
    import { sum } from '@tiny/sum'
    describe('sum', () => {
      it('[CF1] adds', () => expect(sum(2, 3)).toBe(5))
      it('[CF2][CF3] takes zero', () => expect(sum(2, 0)).toBe(2))
      it.skip('[CF4] rests', () => expect(sum(1, 1)).toBe(3))
      it('has no id, and fails', () => expect(sum(1, 1)).toBe(3))
    })`,
  'packages/user/src/red.test.ts': `
    import { expect, it } from 'vitest'
    it('[LW1] is red', () => expect(1).toBe(2))`,
  'packages/user/src/gone.test.ts': `import './nowhere.ts'`,
}

let root = ''

beforeAll(async () => {
  root = join(await realpath(await mkdtemp(join(tmpdir(), 'rejoin-tiny-'))), 'tiny')
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  await mkdir(join(root, 'node_modules'))
  await symlink(await realpath(join(checkout, 'node_modules/vitest')), join(root, 'node_modules/vitest'))
  await mkdir(join(root, 'packages/user/node_modules/@tiny'), { recursive: true })
  await symlink('../../../sum', join(root, 'packages/user/node_modules/@tiny/sum'))
})
afterAll(() => rm(dirname(root), { recursive: true, force: true }))

const damage = (part: Partial<Mutation>): Mutation => ({
  name: 'minus',
  file: 'packages/sum/src/sum.ts',
  find: 'a + b',
  replace: 'a - b',
  proves: ['CF1'],
  tests: ['user.test'],
  ...part,
})

describe('a run of tests', () => {
  it('tells pass, fail, skipped and files that cannot be loaded, and how far it is', async () => {
    const seen: number[] = []
    const run = await runTests({
      root,
      pattern: '\\[(CF|LW)\\d+\\]',
      onProgress: ({ files: count }) => void seen.push(count),
    })
    if (run.kind !== 'ended') return expect.unreachable(run.kind)
    expect(Object.fromEntries(run.tests.map(test => [test.title, test.status]))).toEqual({
      '[CF1] adds': 'pass',
      '[CF2][CF3] takes zero': 'pass',
      '[CF4] rests': 'skip',
      'has no id, and fails': 'skip',
      '[LW1] is red': 'fail',
    })
    expect(run.broken).toEqual([expect.stringContaining('gone.test.ts: ')])
    expect(seen.at(-1)).toBe(3)
  })

  it('ends at its time-out', async () => {
    expect(await runTests({ root, pattern: 'x', timeoutMs: 50 })).toEqual({ kind: 'timed-out' })
  })
})

describe('mutations', () => {
  it('are killed, survive, or are unfit, and the source they damage is a copy', async () => {
    const rows = await judgeAll(root, [
      damage({ name: 'minus' }),
      damage({ name: 'half', proves: ['CF1', 'CF2'] }),
      damage({ name: 'nothing', replace: 'b + a' }),
      damage({ name: 'twice', find: 'number' }),
      damage({ name: 'absent', find: 'a * b' }),
      damage({ name: 'nowhere', file: 'packages/sum/src/none.ts' }),
      damage({ name: 'skipped', proves: ['CF4'] }),
      damage({ name: 'red', proves: ['LW1'], tests: ['red.test'] }),
      damage({ name: 'syntax', replace: 'a +' }),
    ])
    expect(Object.fromEntries(rows.map(([mutation, verdict]) => [mutation.name, verdict]))).toEqual({
      minus: { kind: 'killed', by: ['[CF1] adds'] },
      // 2 - 0 is 2: the test of CF2 cannot tell.
      half: { kind: 'survived', green: ['CF2'] },
      nothing: { kind: 'survived', green: ['CF1'] },
      twice: { kind: 'unfit', why: 'find text stands 3 times in packages/sum/src/sum.ts, not once' },
      absent: { kind: 'unfit', why: 'find text stands 0 times in packages/sum/src/sum.ts, not once' },
      nowhere: { kind: 'unfit', why: 'no file packages/sum/src/none.ts' },
      skipped: { kind: 'unfit', why: 'no test of CF4 ran' },
      red: { kind: 'unfit', why: 'red without it: [LW1] is red' },
      syntax: { kind: 'unfit', why: expect.stringContaining('breaks more than a test: ') },
    })
    expect(await readFile(join(root, 'packages/sum/src/sum.ts'), 'utf8')).toBe(files['packages/sum/src/sum.ts'])
  })

  it('work on a copy whose packages import each other, never the checkout', async () => {
    const copy = await copyWorkTree(root)
    try {
      expect(await realpath(join(copy.root, 'packages/user/node_modules/@tiny/sum'))).toBe(
        join(copy.root, 'packages/sum'),
      )
      expect(await realpath(join(copy.root, 'node_modules/vitest'))).toBe(
        await realpath(join(root, 'node_modules/vitest')),
      )
      await rm(join(copy.root, 'packages/sum/src/sum.ts'))
      expect(await readdir(join(root, 'packages/sum/src'))).toEqual(['sum.ts'])
    } finally {
      await copy.remove()
    }
  })
})
