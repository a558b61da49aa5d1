import type { SchemaSource } from '@rejoin/profile'
import { createContext, createElement, type ReactElement, type ReactNode, useContext } from 'react'
import type { Rejoin } from '../device/device.ts'

const Held = createContext<Rejoin | undefined>(undefined)

/** Which device the hooks below read, and what is drawn. */
export interface RejoinProviderProps<S extends SchemaSource> {
  /** opened and closed by the app: a device outlives what is drawn of it */
  readonly rejoin: Rejoin<S>
  /** what may use the hooks */
  readonly children?: ReactNode
}

/** The device that the hooks below it read. */
export const RejoinProvider = <S extends SchemaSource>({ rejoin, children }: RejoinProviderProps<S>): ReactElement =>
  createElement(Held.Provider, { value: rejoin as unknown as Rejoin }, children)

/** The device, to act on it. @throws Error outside a `RejoinProvider` */
export const useRejoin = (): Rejoin => {
  const rejoin = useContext(Held)
  if (rejoin === undefined) throw new Error('no device: draw this inside <RejoinProvider rejoin={...}>')
  return rejoin
}
