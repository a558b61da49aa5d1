// @vitest-environment happy-dom
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { schema } from '../device/device.fixture.ts'
import { drawn, opened, within } from './draw.fixture.ts'
import { OpenTasks } from './example.fixture.tsx'
import { hooksFor } from './records.ts'

it('the example of the README draws a device, and what is pressed is saved', async () => {
  const script = await opened()
  const page = await drawn(within(script, <OpenTasks />))
  expect(page.text).toBe('Connected, 0 waitingbeltcablepump')
  await page.after(() => script.lose())
  await page.after(() => document.querySelector('button')!.click())
  await page.after(() => script.settle())
  expect(page.text).toBe('Changes pending, 1 waitingcablepump')
  expect(script.device.table('task').get('B')?.done).toBe(true)
})

it('is the one that is tested and checked by types here', () => {
  const here = dirname(fileURLToPath(import.meta.url))
  const tested = readFileSync(join(here, 'example.fixture.tsx'), 'utf8')
  const written = /```tsx\n([\s\S]*?)```/.exec(readFileSync(join(here, '../../README.md'), 'utf8'))![1]!
  expect(written).toBe(tested.replace('../device/device.fixture.ts', './schema.ts'))
})

it('rows and names follow from the schema', () => {
  const { useQuery, useRecord } = hooksFor<typeof schema>()
  const typed = (): void => {
    const title: string | undefined = useQuery('task')[0]?.title
    const hours: number | null | undefined = useRecord('task', 'A')?.hours
    // @ts-expect-error hours are no text
    const text: string | undefined = useRecord('task', 'A')?.hours
    // @ts-expect-error there is no such column
    void [title, hours, text, useQuery('task')[0]?.colour]
    // @ts-expect-error there is no such table
    useQuery('tusk')
  }
  // Judged by tsc; never run.
  expect(typed).toBeTypeOf('function')
})
