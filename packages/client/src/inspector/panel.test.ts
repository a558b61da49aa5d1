// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { confirmed, openScript, type Script } from '../device/device.fixture.ts'
import { createMemoryDisk } from '../store/memory.ts'
import { mountInspector } from './mount.ts'

const opened = async (): Promise<{ readonly script: Script; readonly reads: () => number }> => {
  let reads = 0
  const script = await openScript(createMemoryDisk(), store => ({
    get: (shelf, key) => store.get(shelf, key),
    scan: (shelf, range) => {
      reads++
      return store.scan(shelf, range)
    },
    commit: (changes, durability) => store.commit(changes, durability),
    close: () => store.close(),
  }))
  await script.greet({ A: confirmed('A', 5, { title: '<b>pump</b>', hours: 2 }) })
  await script.device.table('task').update('A', { title: '<img src=x>' })
  const before = reads
  return { script, reads: () => reads - before }
}

const shadow = (): ShadowRoot => document.body.firstElementChild!.shadowRoot!
const button = (): HTMLButtonElement => shadow().querySelector('button')!
const said = (): string => shadow().textContent ?? ''
const until = async (fits: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 500 && !fits(); turn++) await new Promise(resolve => setTimeout(resolve, 5))
  expect(fits()).toBe(true)
}

afterEach(() => document.body.replaceChildren())

describe('the inspector in a page', () => {
  it('reads nothing until it is opened, shows no values until they are asked for, and is gone when taken out', async () => {
    const { script, reads } = await opened()
    const takeOut = mountInspector(document.body, script.device)
    await script.settle()
    expect([reads(), said()]).toEqual([0, 'Inspect'])

    button().click()
    await until(() => said().includes('Outbox'))
    expect(reads()).toBeGreaterThan(0)
    expect(said()).toContain(script.device.id)
    expect(said()).toContain('title: ••• → •••')
    expect(said()).not.toContain('pump')

    const values = shadow().querySelector<HTMLInputElement>('input[type=checkbox]')!
    values.checked = true
    values.dispatchEvent(new Event('change'))
    await until(() => said().includes('<b>pump</b> → <img src=x>'))
    expect(shadow().querySelectorAll('b, img')).toHaveLength(0)

    button().click()
    expect(said()).toBe('Inspect')
    takeOut()
    expect(document.body.childElementCount).toBe(0)
  })

  it('shows one record, why it is here, and what is pending on it', async () => {
    const { script } = await opened()
    mountInspector(document.body, script.device)
    button().click()
    await until(() => said().includes('Outbox'))
    const record = shadow().querySelector<HTMLInputElement>('input[type=text]')!
    record.value = 'task/A'
    record.dispatchEvent(new Event('change'))
    await until(() => said().includes('in scope'))
    expect(said()).toContain('own work')
  })

  it('opened and closed again before it has come stays closed', async () => {
    const { script } = await opened()
    mountInspector(document.body, script.device)
    button().click()
    button().click()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(said()).toBe('Inspect')
  })

  it('says why where the store cannot be read', async () => {
    const { script } = await opened()
    mountInspector(document.body, script.device)
    await script.store.close()
    button().click()
    await until(() => said().includes('closed'))
  })
})
