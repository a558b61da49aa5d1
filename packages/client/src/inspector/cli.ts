#!/usr/bin/env node
import { StoreFault } from '../store/store.ts'
import { inspectFile } from './file.ts'

try {
  process.stdout.write(`${await inspectFile(process.argv.slice(2))}\n`)
} catch (error) {
  const fix = error instanceof StoreFault ? `. ${error.fix}` : ''
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${fix}\n`)
  process.exitCode = 1
}
