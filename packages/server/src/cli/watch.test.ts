import { expect, test } from 'vitest'
import { SETTINGS, CHANGES } from '../environment/environment.ts'
import { openRelay } from '../routes/relay.fixture.ts'
import { followChanges } from './watch.ts'

test('a relay that could not look for changes says so once for each kind of failure, and goes on looking', async () => {
  const opened = await openRelay()
  const { core } = opened.relay
  const said: string[] = []
  const stop = followChanges(core, { out: line => said.push(line), err: line => said.push(line), interactive: false })
  const { snapshot } = core.storage
  const failures = ['the disk is away', 'the disk is away', 'no memory']
  Object.assign(core.storage, {
    snapshot: (read: Parameters<typeof snapshot>[0]) => {
      const failure = failures.shift()
      return failure === undefined ? snapshot(read) : Promise.reject(new Error(failure))
    },
  })
  await core.storage.commit({}, () => ({
    result: undefined,
    entries: [
      { ...SETTINGS, value: { strategy: 'serverWins', strategies: {} } },
      { ...CHANGES, value: 1 },
    ],
  }))
  await expect.poll(() => core.environment().settings.strategy, { timeout: 10_000 }).toBe('serverWins')
  await stop()
  expect(said).toEqual([
    'Changes cannot be followed for now: the disk is away',
    'Changes cannot be followed for now: no memory',
    'The environment has changed; conflicts: serverWins',
  ])
  await opened.close()
})
