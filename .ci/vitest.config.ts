import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their source: tests need no build.
const conditions = ['@rejoin/source', 'node']

// .ci/run counts from this file. Not written otherwise, so that two runs beside each other cannot mix.
const report = process.env['REJOIN_TEST_REPORT']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.{ts,tsx}'],
    globals: false,
    // Processes, not threads: some tests load native modules, kill their children or fill the heap.
    pool: 'forks',
    maxWorkers: 2,
    // Within a file one test after the other, in the order written: timing tests would disturb each other.
    sequence: { concurrent: false, shuffle: false },
    // Two cores shared by two workers and what they start: a limit for what hangs, not for what is slow.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    ...(report === undefined ? {} : { reporters: ['default', ['json', { outputFile: report }]] }),
  },
})
