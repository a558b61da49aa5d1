import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A program of ours in a process of its own, run from source unless it is bundled (bundle.ts). It can be ended as a machine ends: without a word. */
export interface Program {
  readonly pid: number
  /** one line to its standard input */
  tell(line: string): void
  /** how it ended, after everything it had printed was heard */
  readonly ended: Promise<string>
  /** kill -9 */
  kill(): Promise<void>
  /** SIGTERM, and kill -9 after 3 s */
  stop(): Promise<void>
}

export interface ProgramCommand {
  readonly script: URL
  readonly args: readonly string[]
  /** each line of its standard output */
  readonly onLine: (line: string) => void
}

const STOP_LIMIT = 3_000

export const startProgram = ({ script, args, onLine }: ProgramCommand): Program => {
  const path = fileURLToPath(script)
  const loader = path.endsWith('.mjs')
    ? ['--enable-source-maps']
    : ['--import', import.meta.resolve('tsx'), '--conditions=@rejoin/source']
  const child = spawn(process.execPath, [...loader, path, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`could not start ${script.href}`)
  const orphan = (): void => void child.kill('SIGKILL')
  process.once('exit', orphan)
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4_000)
  })
  // Writing to a program that was killed is no error of ours: whoever waits for its answer hears how it ended.
  child.stdin.on('error', () => undefined)
  // A last line without its end was not fully printed: what it says does not count.
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  const ended = new Promise<string>(resolve => {
    child.once('close', (code, signal) => {
      process.off('exit', orphan)
      resolve(`${signal ?? `exit code ${code}`}${complaints === '' ? '' : `\n${complaints.trimEnd()}`}`)
    })
  })
  return {
    pid,
    tell: line => void child.stdin.write(`${line}\n`),
    ended,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT)
      await ended
      clearTimeout(late)
    },
  }
}
