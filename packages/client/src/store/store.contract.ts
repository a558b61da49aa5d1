import { describe, it } from 'vitest'
import { storeCases } from './store.cases.ts'
import type { OpenedStore, StoreHarness } from './store.harness.ts'

/** The suite that every adapter of the store port passes. */
export function storeContract(name: string, harness: StoreHarness): void {
  describe(`${name} keeps the store contract`, () => {
    for (const { title, needs, run } of storeCases) {
      const lacking = needs !== undefined && harness[needs] === undefined
      it.skipIf(lacking)(lacking ? `${title} (skipped: this harness has no ${needs})` : title, () => run(harness))
    }
  })
}

/** A harness's store over `open`, which may be called again once the store before is closed. */
export async function openedBy(
  open: () => Promise<OpenedStore['store']>,
  remove: () => Promise<void>,
): Promise<OpenedStore> {
  const first = await open()
  let current = first
  return {
    store: first,
    async reopen() {
      await current.close()
      current = await open()
      return current
    },
    async dispose() {
      await current.close()
      await remove()
    },
  }
}
