/** A vitest reporter that tells the process which started it, over IPC, how far the run is. Loaded by vitest. */
import type { Reporter } from 'vitest/node'
import type { RunMessage } from './vitest-process.ts'

const tell = (message: RunMessage): void => {
  process.send?.(message)
}

export default class FileProgress implements Reporter {
  private files = 0
  private filesDone = 0
  private testsDone = 0

  onTestRunStart(specifications: readonly unknown[]): void {
    this.files = specifications.length
    this.report()
  }

  onTestCaseResult(test: { result(): { state: string } }): void {
    if (test.result().state === 'skipped') return
    this.testsDone += 1
    this.report()
  }

  onTestModuleEnd(): void {
    this.filesDone += 1
    this.report()
  }

  onTestRunEnd(_modules: readonly unknown[], unhandled: readonly { message: string }[]): void {
    if (unhandled.length > 0) tell({ kind: 'unhandled', errors: unhandled.map(error => error.message) })
  }

  private report(): void {
    tell({ kind: 'progress', files: this.files, filesDone: this.filesDone, testsDone: this.testsDone })
  }
}
