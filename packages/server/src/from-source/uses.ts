import type { Schema } from '@rejoin/profile'
import { meaningIn } from './meaning.ts'
import { beginNotes, settleNotes, type Uses } from './notes.ts'
import { constantsIn, parseSource, type SourceFile } from './syntax.ts'
import { visit } from './walk.ts'

/**
 * Reads without types: rows are followed from `table('x')` through variables, loops, destructuring and callbacks. Where
 * a row got lost (handed to a component, say), its `.status` counts for every table that has such a column: a column too
 * many costs bytes, one too few is blank on the device. What is reached by computed names must be added by hand.
 */
export const usesOf = (schema: Schema, files: readonly SourceFile[]): Uses => {
  const notes = beginNotes(schema)
  const parsed = files.map(parseSource)
  const constants = new Map(parsed.flatMap(({ program }) => constantsIn(program)))
  const meaning = meaningIn(schema, constants)
  for (const syntax of parsed) {
    notes.faults.push(...syntax.faults)
    if (syntax.faults.length === 0) {
      visit({ ...notes, meaning, constants, syntax }, syntax.program, { names: new Map() })
    }
  }
  settleNotes(notes)
  return notes
}
