// @vitest-environment happy-dom
import type { ReactNode } from 'react'
import { expect, it } from 'vitest'
import type { schema } from '../device/device.fixture.ts'
import { inspect } from '../inspector/inspect.ts'
import { memoryBrowser } from '../tabs/browser.fixture.ts'
import { RejoinProvider } from './context.ts'
import { drawn } from './draw.fixture.ts'
import { hooksFor } from './records.ts'

const { useQuery, useRecord } = hooksFor<typeof schema>()

it('a tab that follows draws what the leader saves, once, and nothing when it takes over', async () => {
  const browser = await memoryBrowser()
  const [one, two] = [await browser.open(), await browser.open()]
  const seen: string[] = []
  const Tasks = (): ReactNode => {
    seen.push(`${useQuery('task').length} ${useRecord('task', 'A')?.hours}`)
    return null
  }
  const page = await drawn(
    <RejoinProvider rejoin={two.rejoin}>
      <Tasks />
    </RejoinProvider>,
  )
  const [first] = seen
  const saved = async (work: Promise<unknown>): Promise<void> => {
    await browser.until(work)
    await browser.pass(1)
  }
  await page.after(() => saved(one.rejoin.table('task').update('A', { hours: 7 })))
  await page.after(() => saved(one.rejoin.table('task').create({ title: 'new' })))
  expect(seen).toEqual([first, '1 7', '2 7'])
  await page.after(async () => {
    one.crash()
    await browser.pass(10_000)
  })
  expect(seen).toHaveLength(3)
  await page.after(() => saved(two.rejoin.table('task').update('A', { hours: 8 })))
  expect(browser.commits.at(-1)?.tab).toBe(two.number)
  expect(seen.slice(3)).toEqual(['2 8'])
  expect((await inspect(two.rejoin)).outbox).toHaveLength(3)
  await page.remove()
  expect(browser.errors).toEqual([])
})
