import { compileSchema, FaultError, generateTypes } from '@rejoin/profile'
import { readSchema } from './import.ts'
import type { Terminal } from './terminal.ts'

/** `rejoin types`: row types of a JSON schema as TypeScript, for apps that do not write their schema in TypeScript. */
export const types = async (schema: string, terminal: Terminal): Promise<void> => {
  const source = await readSchema(schema)
  const compiled = compileSchema(source)
  if (!compiled.ok) throw new FaultError(compiled.faults)
  terminal.out(generateTypes(compiled.value).trimEnd())
}
