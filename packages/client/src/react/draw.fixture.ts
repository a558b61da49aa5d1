import { act, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'

// React then says when something was drawn that nobody waited for.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

/** What is drawn, as text; everything that follows from `change` is drawn when it resolves. */
export interface Drawn {
  readonly text: string
  readonly root: Root
  draw(node: ReactNode): Promise<void>
  after(change: () => unknown): Promise<void>
  remove(): Promise<void>
}

export const drawn = async (node: ReactNode): Promise<Drawn> => {
  const place = document.createElement('div')
  document.body.append(place)
  const root = createRoot(place)
  const after = (change: () => unknown): Promise<void> => act(async () => void (await change()))
  const made: Drawn = {
    get text() {
      return place.textContent ?? ''
    },
    root,
    draw: next => after(() => root.render(next)),
    after,
    remove: () => after(() => root.unmount()),
  }
  await made.draw(node)
  return made
}
