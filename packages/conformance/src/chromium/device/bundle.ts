import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

/** The tests themselves, of a device, that a browser runs as they are. */
export const deviceTests: readonly string[] = [
  'device/device.test.ts',
  'drafts/drafts.test.ts',
  'lifetime/clearing.test.ts',
  'lifetime/lifetime.test.ts',
  'lifetime/timetable.test.ts',
  'offline/offline-mode.test.ts',
  'outbox/unsent.test.ts',
  'pins/pins.test.ts',
  'replica/load.test.ts',
  'status/watch.test.ts',
  'storage/storage.test.ts',
  'table/query.test.ts',
]

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const testPath = (name: string): string =>
  fileURLToPath(new URL(`../../../../client/src/${name}`, import.meta.url))

/** What the tests import, as a browser has it: the runner, its `expect`, and the disk. */
export const inBrowser: Plugin = {
  name: 'in a browser',
  setup: build => {
    build.onResolve({ filter: /^vitest$/ }, () => ({ path: here('vitest.page.ts') }))
    build.onResolve({ filter: /\/memory\.ts$/ }, ({ path, importer }) =>
      path === '../store/memory.ts' && importer.endsWith('device.fixture.ts')
        ? { path: here('disk.page.ts') }
        : undefined,
    )
  },
}
