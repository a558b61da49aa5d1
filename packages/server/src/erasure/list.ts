import { open, readFile } from 'node:fs/promises'
import { FaultError } from '@rejoin/profile'
import type { Erasure } from './erasure.ts'

/**
 * The erasures of an environment, one line each, in a file that is only ever added to. It is kept apart from the database
 * and is no part of its backups: a database from before is brought up to it. It names records, never values.
 */
export interface ErasureList {
  read(): Promise<readonly Erasure[]>
  /** on the disk when it resolves */
  append(erasure: Erasure): Promise<void>
}

export const openErasureList = (path: string): ErasureList => {
  const read = async (): Promise<readonly Erasure[]> => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw unreadable(path, error.message)
    })
    // A last line without its end was cut off before anything was erased by it.
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
    return lines.flatMap((line, index) => {
      if (line === '') return []
      try {
        return [JSON.parse(line) as Erasure]
      } catch {
        throw unreadable(`${path}, line ${index + 1}`, 'is no erasure')
      }
    })
  }
  return {
    read,
    append: async erasure => {
      const file = await open(path, 'a+')
      try {
        const { size } = await file.stat()
        const last = Buffer.alloc(1)
        if (size > 0) await file.read(last, 0, 1, size - 1)
        const cutOff = size > 0 && last.toString() !== '\n'
        await file.appendFile(`${cutOff ? '\n' : ''}${JSON.stringify(erasure)}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
    },
  }
}

const unreadable = (at: string, message: string): FaultError =>
  new FaultError([
    { code: 'erasure-list', at, message, fix: 'mend it by hand: a relay does not serve what should be gone' },
  ])
