import { SingleBar } from 'cli-progress'
import type { Terminal } from './terminal.ts'

/** A bar on a terminal; elsewhere a line every few seconds, so that logs stay readable. */
export interface Bar {
  at(done: number, note?: string): void
  end(): void
}

const LINE_EVERY = 3_000

export const startBar = (title: string, total: number, terminal: Terminal): Bar => {
  if (!terminal.interactive) return lines(title, total, terminal)
  const bar = new SingleBar({
    format: `${title} {bar} {percentage} %  {note}`,
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(total, 0, { note: '' })
  return { at: (done, note = '') => bar.update(done, { note }), end: () => bar.stop() }
}

const lines = (title: string, total: number, terminal: Terminal): Bar => {
  let said = Date.now()
  return {
    at: (done, note = '') => {
      if (Date.now() - said < LINE_EVERY) return
      said = Date.now()
      terminal.err(`${title} ${total === 0 ? 0 : Math.floor((done / total) * 100)} %  ${note}`.trimEnd())
    },
    end: () => {},
  }
}
