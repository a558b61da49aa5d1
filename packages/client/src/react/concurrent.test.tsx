// @vitest-environment happy-dom
import { type ReactNode, startTransition, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, it } from 'vitest'
import { confirmed, openScript } from '../device/device.fixture.ts'
import { RejoinProvider } from './context.ts'
import { useQuery, useRecord } from './records.ts'

/**
 * React draws a transition in slices and lets other things happen between them. A record changes in such a gap: what
 * is shown must be all of before or all of after. Without `act`, which would draw everything at one go.
 */
it('a record that changes while a transition is drawn is never shown half before and half after', async () => {
  const script = await openScript()
  await script.greet({ A: confirmed('A', 5, { hours: 0, title: 'pump' }) })
  const { device } = script
  const CELLS = 24
  let gaps = 0
  let cells = 0
  const torn: string[] = []

  const slow = (): void => {
    const end = performance.now() + 3
    while (performance.now() < end);
  }
  const Cell = ({ at }: { readonly at: number }): ReactNode => {
    const row = useRecord('task', 'A')
    const listed = useQuery('task')[0]
    cells++
    slow()
    return <i>{String(at % 2 === 0 ? row?.['hours'] : listed?.['hours'])}</i>
  }
  let show: (on: boolean) => void = () => {}
  const App = (): ReactNode => {
    const [on, setOn] = useState(false)
    show = setOn
    return on ? Array.from({ length: CELLS }, (_, at) => <Cell key={at} at={at} />) : 'nothing'
  }
  const place = document.createElement('div')
  document.body.append(place)
  const shown = new MutationObserver(() => {
    const texts = new Set([...place.querySelectorAll('i')].map(each => each.textContent))
    if (texts.size > 1) torn.push([...texts].join(' and '))
  })
  shown.observe(place, { childList: true, subtree: true, characterData: true })
  const root = createRoot(place)
  root.render(
    <RejoinProvider rejoin={device}>
      <App />
    </RejoinProvider>,
  )
  const until = async (fits: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 2_000 && !fits(); turn++) await new Promise(resolve => setImmediate(resolve))
    expect(fits()).toBe(true)
  }
  await until(() => place.textContent === 'nothing')

  for (let round = 1; round <= 3; round++) {
    cells = 0
    startTransition(() => show(true))
    await until(() => cells > 0)
    if (cells < CELLS && place.textContent === 'nothing') gaps++
    await device.table('task').update('A', { hours: round })
    await until(() => place.textContent === String(round).repeat(CELLS))
    show(false)
    await until(() => place.textContent === 'nothing')
  }
  expect(gaps, 'rounds in which the record changed while half was drawn').toBeGreaterThan(0)
  expect(torn).toEqual([])
  root.unmount()
})
