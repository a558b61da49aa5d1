import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** A side's relay: one Node process of its own, so that its memory and time are its own. */
export interface RelayProcess {
  readonly pid: number
  /** what `ready` matched in the line that said the relay listens */
  readonly said: RegExpMatchArray
  cost(): Promise<ProcessCost>
  /** SIGTERM, and SIGKILL after 3 s */
  stop(): Promise<void>
}

export interface ProcessCost {
  /** user and system time since the start, ms; steps of 10 ms */
  readonly cpuMs: number
  /** resident set, MB */
  readonly mb: number
}

export interface RelayCommand {
  readonly script: URL
  readonly args: readonly string[]
  /** matches the line on standard output that says the relay listens */
  readonly ready: RegExp
  readonly nodeArgs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const START_LIMIT = 20_000
const STOP_LIMIT = 3000

export const startRelay = async (command: RelayCommand): Promise<RelayProcess> => {
  const script = fileURLToPath(command.script)
  // TypeScript needs its loader; what is built runs as it is shipped.
  const loader = script.endsWith('.ts') ? ['--import', import.meta.resolve('tsx'), '--conditions=@rejoin/source'] : []
  const child = spawn(process.execPath, [...loader, ...(command.nodeArgs ?? []), script, ...command.args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...command.env },
  })
  const pid = child.pid
  if (pid === undefined) throw new Error(`could not start ${script}`)
  const orphan = (): void => void child.kill('SIGKILL')
  process.once('exit', orphan)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  void ended.then(() => process.off('exit', orphan))

  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4000)
  })
  const said = await new Promise<RegExpMatchArray>((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${script} did not say ${command.ready} within ${START_LIMIT} ms\n${complaints}`))
    }, START_LIMIT)
    child.once('exit', code => {
      clearTimeout(late)
      reject(new Error(`${script} ended with ${code} before it listened\n${complaints}`))
    })
    createInterface({ input: child.stdout }).on('line', line => {
      const match = command.ready.exec(line)
      if (match === null) return
      clearTimeout(late)
      resolve(match)
    })
  })

  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT)
    await ended
    clearTimeout(late)
  }
  return { pid, said, cost: () => costOf(pid), stop }
}

const costOf = (pid: number): Promise<ProcessCost> => (process.platform === 'linux' ? fromProc(pid) : fromPs(pid))

const TICK_MS = 10

const fromProc = async (pid: number): Promise<ProcessCost> => {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ])
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1])
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS, mb: (kilobytes * 1024) / 1e6 }
}

const fromPs = async (pid: number): Promise<ProcessCost> => {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(pid)])
  const [kilobytes = '', time = ''] = stdout.trim().split(/\s+/)
  const seconds = time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0)
  return { cpuMs: seconds * 1000, mb: (Number(kilobytes) * 1024) / 1e6 }
}
