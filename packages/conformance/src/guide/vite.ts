import { spawn } from 'node:child_process'
import { binary } from './folder.ts'

/** `npx vite` in a folder. */
export interface Vite {
  readonly origin: string
  stop(): Promise<void>
}

const START_LIMIT = 30_000

export const startVite = (folder: string): Promise<Vite> =>
  new Promise((resolve, reject) => {
    const child = spawn(binary('vite'), ['--host', '127.0.0.1', '--port', '0'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    })
    const ended = new Promise<void>(done => child.once('close', () => done()))
    let said = ''
    const late = setTimeout(() => reject(new Error(`vite did not start: ${said}`)), START_LIMIT)
    void ended.then(() => reject(new Error(`vite ended: ${said}`)))
    const hear = (chunk: Buffer): void => {
      said += chunk.toString()
      const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (origin === undefined) return
      clearTimeout(late)
      const stop = async (): Promise<void> => {
        child.kill()
        await ended
      }
      resolve({ origin, stop })
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
  })
