/**
 * Progress of a job that may take long: nothing for the first two seconds, then a bar (or a spinner where the total
 * is unknown) on a terminal, and one plain line every few seconds elsewhere, so that logs stay readable.
 */
import CliProgress from 'cli-progress'

export interface Progress {
  /** Tells how far the job is; `note` is a few words on what it does now. */
  at(done: number, note?: string): void
  /** The total, where it is learnt only on the way. Before it shows: a bar instead of a spinner. */
  of(total: number): void
  /** Ends it and clears the bar. Call it in `finally`. */
  end(): void
}

export interface ProgressOptions {
  /** Unset or 0: unknown, a spinner. */
  readonly total?: number
  /** What is counted: `records`, `seeds`. */
  readonly unit?: string
  /** Where to; standard error by default, so that standard output stays clean. */
  readonly out?: NodeJS.WritableStream & { readonly isTTY?: boolean }
  /** Milliseconds until it shows, and between two lines where there is no terminal. */
  readonly showAfter?: number
  readonly lineEvery?: number
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

export const startProgress = (title: string, options: ProgressOptions = {}): Progress => {
  const { unit = '', out = process.stderr, showAfter = 2_000, lineEvery = 5_000 } = options
  const view = out.isTTY === true ? barView(title, unit, out) : lineView(title, unit, out, lineEvery)
  const began = Date.now()
  let state: State = { done: 0, total: options.total ?? 0, note: '' }
  let ended = false
  const show = (): void => {
    if (!ended && Date.now() - began >= showAfter) view.show(state)
  }
  const timer = setInterval(show, 100)
  timer.unref()
  return {
    at: (done, note = state.note) => {
      state = { ...state, done, note }
      // Also from here: a job that never yields would starve the timer.
      show()
    },
    of: total => {
      state = { ...state, total }
    },
    end: () => {
      if (ended) return
      ended = true
      clearInterval(timer)
      view.clear()
    },
  }
}

interface State {
  readonly done: number
  readonly total: number
  readonly note: string
}

interface View {
  show(state: State): void
  clear(): void
}

const barView = (title: string, unit: string, out: NodeJS.WritableStream): View => {
  const settings = { stream: out, hideCursor: true, clearOnComplete: true, fps: 10, linewrap: false }
  const { shades_classic: preset } = CliProgress.Presets
  let bar: CliProgress.SingleBar | undefined
  let turn = 0
  return {
    show: ({ done, total, note }) => {
      turn += 1
      const payload = { note, frame: frames[turn % frames.length] }
      if (bar === undefined) {
        const format =
          total > 0
            ? `${title}  {bar}  {percentage}%  {value}/{total} ${unit}  ETA {eta_formatted}  {note}`
            : `{frame} ${title}  {value} ${unit}  {duration_formatted}  {note}`
        bar = new CliProgress.SingleBar({ ...settings, format }, preset)
        bar.start(total, done, payload)
      } else {
        if (total > 0) bar.setTotal(total)
        bar.update(done, payload)
      }
    },
    clear: () => bar?.stop(),
  }
}

const lineView = (title: string, unit: string, out: NodeJS.WritableStream, every: number): View => {
  let last = -Infinity
  return {
    show: ({ done, total, note }) => {
      const now = Date.now()
      if (now - last < every) return
      last = now
      const count = total > 0 ? `${done}/${total} (${Math.floor((100 * done) / total)}%)` : String(done)
      out.write(`${[`${title}:`, count, unit, note].filter(part => part !== '').join(' ')}\n`)
    },
    clear: () => undefined,
  }
}
