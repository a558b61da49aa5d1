import { defineConfig } from 'vitest/config'

const conditions = ['@rejoin/source', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ['packages/*/src/**/*.test.ts'], testTimeout: 30_000 },
})
