/** Any line between two devices: a data channel, a broadcast channel, a socket, a pair of queues. Frames keep their order. */
export interface PeerTransport {
  /** one message, whole and in order; may be lost with the line */
  send(frame: Uint8Array): void
  /** @returns stops listening */
  receive(listener: (frame: Uint8Array) => void): () => void
}
