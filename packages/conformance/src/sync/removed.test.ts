import { afterEach, expect, it } from 'vitest'
import { type Field, openField } from './field.fixture.ts'

let field: Field
afterEach(() => field?.close())

/** As the administration does it (`server/src/admin/users.ts`). */
const removeUser = async (id: string): Promise<void> => {
  await field.core.storage.commit({}, () => ({
    result: undefined,
    removedEntries: [{ kind: 'user', id }],
    entries: [{ kind: 'leaver', id, value: { id } }],
  }))
  await field.core.reload()
}

it('[MB6] the device of a user who was removed is purged at its next contact, and what it had not sent is kept for the office', async () => {
  field = await openField()
  const [ana, bo] = [await field.open('ana'), await field.open('bo')]
  await Promise.all([ana.firstSync(), bo.firstSync()])
  const id = await bo.table('visit').create({ title: 'pump', state: 'open' })
  const other = await bo.table('visit').create({ title: 'valve' })
  await field.quiet(ana, bo)
  expect(ana.table('visit').get(other)).toMatchObject({ title: 'valve' })
  ana.reachable(false)
  await ana.table('visit').update(id, { state: 'done' })
  const unsent = await ana.table('visit').create({ title: 'unsent' })
  await removeUser('ana')
  ana.reachable(true)
  ana.connect()
  const kept = () => field.core.storage.snapshot(view => view.refused(9))
  await expect.poll(async () => (await kept()).length, { timeout: 5_000 }).toBe(2)
  await field.quiet(ana)
  expect((await kept()).map(edit => [edit.author, edit.id, edit.outcome.status]).toSorted()).toEqual(
    [
      ['ana', id, 'rejected'],
      ['ana', unsent, 'rejected'],
    ].toSorted(),
  )
  expect(await field.stored('visit', id)).toMatchObject({ state: 'open' })
  expect(await field.stored('visit', unsent)).toBeUndefined()
  expect(ana.fingerprint()).toEqual({})
  expect(ana.removed.current).toBeDefined()
  expect(ana.outbox.current).toEqual([])
  expect(() => ana.table('visit').get(other)).toThrow()
  expect(bo.table('visit').get(other)).toMatchObject({ title: 'valve' })
})
