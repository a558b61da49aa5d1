/** What one tab says all others of its name hear, in order; the shape of `BroadcastChannel`. */
export interface ChannelPort {
  /** @throws DataCloneError where the message is not plain data; then nobody hears it */
  post(message: unknown): void
  /** one listener */
  listen(listener: (message: unknown) => void): void
  /** hears and says nothing more */
  close(): void
}

export const openBroadcastChannel = (name: string): ChannelPort => {
  const channel = new BroadcastChannel(name)
  // Node would stay alive for it.
  if ('unref' in channel && typeof channel.unref === 'function') channel.unref()
  return {
    post: message => channel.postMessage(message),
    listen: listener => {
      channel.onmessage = event => listener(event.data)
    },
    close: () => channel.close(),
  }
}

/** Tabs of one process, for Node and for tests. */
export interface ChannelSpace {
  /** one end; all ends of a name hear each other, none itself */
  open(name: string): ChannelPort
}

/** Channels among callers of one program. Messages are copied, and heard in a later turn. */
export const createChannelSpace = (): ChannelSpace => {
  const open = new Map<string, Set<{ listener: (message: unknown) => void }>>()
  return {
    open: name => {
      const cells = open.get(name) ?? new Set()
      open.set(name, cells)
      const me: { listener: (message: unknown) => void } = { listener: () => {} }
      cells.add(me)
      return {
        post: message => {
          if (!cells.has(me)) return
          const others = [...cells].filter(cell => cell !== me)
          const copies = others.map(() => structuredClone(message))
          if (others.length === 0) structuredClone(message)
          void Promise.resolve().then(() => {
            for (const [at, cell] of others.entries()) if (cells.has(cell)) cell.listener(copies[at])
          })
        },
        listen: listener => {
          me.listener = listener
        },
        close: () => void cells.delete(me),
      }
    },
  }
}
