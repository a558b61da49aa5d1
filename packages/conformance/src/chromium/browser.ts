import { type ChildProcess, spawn } from 'node:child_process'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { executablePath, quiet } from './chromium.ts'

/** A browser in processes of its own, over a profile on disk: it can be killed, and started again on what it left. */
export interface BrowserProcess {
  readonly context: BrowserContext
  /** kill -9, all of its processes at once */
  kill(): Promise<void>
  close(): Promise<void>
}

const STARTED = /DevTools listening on (ws:\S+)/
const START_LIMIT = 30_000

export const startChromium = async (profile: string): Promise<BrowserProcess> => {
  const flags = [...quiet, '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--no-default-browser-check']
  // A group of its own, so that all its processes can be ended together.
  const child = spawn(executablePath, [...flags, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const endAll = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // gone already
    }
  }
  process.once('exit', endAll)
  const kill = async (): Promise<void> => {
    endAll()
    await ended
    process.off('exit', endAll)
  }
  try {
    const browser: Browser = await chromium.connectOverCDP(await addressOf(child), { noDefaults: true })
    const [context] = browser.contexts()
    if (context === undefined) throw new Error('the browser has no context')
    return { context, kill, close: kill }
  } catch (error) {
    await kill()
    throw error
  }
}

const addressOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    const late = setTimeout(() => reject(new Error(`the browser did not start: ${said}`)), START_LIMIT)
    child.once('close', () => reject(new Error(`the browser ended: ${said}`)))
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000)
      const address = STARTED.exec(said)?.[1]
      if (address === undefined) return
      clearTimeout(late)
      resolve(address)
    })
  })
