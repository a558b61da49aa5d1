import { afterEach, beforeEach, describe } from 'vitest'
import { commitContract } from './commit.contract.ts'
import { modelContract } from './model.contract.ts'
import { snapshotContract } from './snapshot.contract.ts'
import type { Opened, Subject } from './storage.fixture.ts'
import { viewContract } from './view.contract.ts'

/** What every adapter of the storage port must do. */
export const storageContract = (name: string, { open, durable }: Subject): void => {
  describe(`storage contract: ${name}`, () => {
    let opened: Opened
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.dispose())

    const subject = (): Opened => opened
    commitContract(subject, durable)
    snapshotContract(subject)
    viewContract(subject)
    modelContract(open)
  })
}
