/**
 * vitest as a child process: how far it is comes over the IPC channel from file-progress.ts, the results are written
 * to a file by vitest's own JSON reporter.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface TestRequest {
  readonly root: string
  /** A regular expression over full titles. */
  readonly pattern: string
  /** Parts of test file paths; none means every file. */
  readonly files?: readonly string[]
  readonly timeoutMs?: number
  readonly onProgress?: (progress: RunProgress) => void
}

export interface RunProgress {
  readonly files: number
  readonly filesDone: number
  readonly testsDone: number
}

/** What file-progress.ts sends. */
export type RunMessage =
  | ({ readonly kind: 'progress' } & RunProgress)
  | { readonly kind: 'unhandled'; readonly errors: readonly string[] }

export interface Ended {
  readonly code: number | null
  readonly timedOut: boolean
  readonly output: string
  readonly unhandled: readonly string[]
}

const fileProgress = fileURLToPath(new URL('./file-progress.ts', import.meta.url))

export const runVitest = async (request: TestRequest, output: string): Promise<Ended> => {
  const args = [
    join(request.root, 'node_modules/vitest/vitest.mjs'),
    'run',
    `--root=${request.root}`,
    `--config=${join(request.root, '.ci/vitest.config.ts')}`,
    `--testNamePattern=${request.pattern}`,
    '--passWithNoTests',
    '--reporter=json',
    `--outputFile.json=${output}`,
    `--reporter=${fileProgress}`,
    ...(request.files ?? []),
  ]
  // Own process group, so that a time-out also ends vitest's workers.
  const child = spawn(process.execPath, args, {
    cwd: request.root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  const stop = (): void => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      child.kill('SIGKILL')
    }
  }
  process.once('exit', stop)
  const interrupted = (): void => {
    stop()
    process.exit(130)
  }
  process.on('SIGINT', interrupted)
  process.on('SIGTERM', interrupted)
  let text = ''
  let timedOut = false
  let unhandled: readonly string[] = []
  const keep = (chunk: Buffer): void => void (text = (text + chunk.toString()).slice(-20_000))
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  child.on('message', (message: RunMessage) => {
    if (message.kind === 'progress') request.onProgress?.(message)
    else unhandled = message.errors
  })
  const timer = setTimeout(
    () => {
      timedOut = true
      stop()
    },
    request.timeoutMs ?? 15 * 60_000,
  )
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
      // `close` also waits for processes that a test left behind with vitest's output; not longer than a second.
      child.on('exit', code => setTimeout(resolve, 1_000, code).unref())
    })
    return { code: exitCode, timedOut, output: text, unhandled }
  } finally {
    clearTimeout(timer)
    process.off('exit', stop)
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', interrupted)
  }
}

/** A vitest started by a test must not take itself for a worker of the outer one. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('VITEST') && name !== 'TEST' && name !== 'NODE_ENV',
    ),
  )
