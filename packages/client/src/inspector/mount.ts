import type { SchemaSource } from '@rejoin/profile'
import type { Rejoin } from '../device/device.ts'

/**
 * Puts an inspector into a page: a button, and behind it a panel. Safe to ship: until somebody opens it, its code is
 * not loaded and nothing of the device is read; values of records show only where he asks for them. It reads, and has
 * no way to change anything.
 * @returns takes it out again
 */
export const mountInspector = <S extends SchemaSource>(element: HTMLElement, rejoin: Rejoin<S>): (() => void) => {
  const host = document.createElement('div')
  // Styles of the page and of the inspector stay apart.
  const root = host.attachShadow({ mode: 'open' })
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Inspect'
  button.setAttribute('aria-expanded', 'false')
  const panel = document.createElement('div')
  let opening = 0
  const open = async (): Promise<void> => {
    const now = ++opening
    button.setAttribute('aria-expanded', 'true')
    const { drawPanel } = await import('./panel.ts')
    if (now === opening) await drawPanel(root, panel, rejoin)
  }
  const close = (): void => {
    opening++
    button.setAttribute('aria-expanded', 'false')
    panel.replaceChildren()
  }
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-expanded') === 'true') return close()
    open().catch((error: unknown) => {
      panel.textContent = error instanceof Error ? error.message : String(error)
    })
  })
  root.append(button, panel)
  element.append(host)
  return () => {
    close()
    host.remove()
  }
}
