// The statements: what is proven, and whether the proofs can fail
export { catalogue, families } from './statements/catalogue.ts'
export type { Mutation, MutationVerdict } from './statements/mutation.ts'
export type { Family, Statement } from './statements/statement.ts'

// Reports of the commands: tables, progress, JSON
export { writeJson } from './report/json.ts'
export { type Progress, type ProgressOptions, startProgress } from './report/progress.ts'
export { type Cell, type Column, table } from './report/table.ts'
export { type Tone, tone } from './report/tone.ts'
