import type { SchemaSource } from '@rejoin/profile'
import { act, createElement, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { confirmed, openScript, type Script } from '../device/device.fixture.ts'
import type { Rejoin } from '../device/device.ts'
import { RejoinProvider } from './context.ts'

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

/** A device with three tasks, live. */
export const opened = async (): Promise<Script> => {
  const script = await openScript()
  await script.greet({
    A: confirmed('A', 5, { title: 'pump', hours: 2 }),
    B: confirmed('B', 6, { title: 'belt', hours: 1 }),
    C: confirmed('C', 7, { title: 'cable', hours: 0 }),
  })
  return script
}

export const within = <S extends SchemaSource>(
  { device }: { readonly device: Rejoin<S> },
  ...nodes: ReactNode[]
): ReactNode => createElement(RejoinProvider<S>, { rejoin: device }, ...nodes)

/** Everything a hook has returned, one for each time its component was drawn. */
export const watching = <T>(hook: () => T): { readonly Watch: () => ReactNode; readonly seen: T[] } => {
  const seen: T[] = []
  const Watch = (): ReactNode => {
    seen.push(hook())
    return null
  }
  return { Watch, seen }
}
