/** Damages a work copy by one mutation after the other and asks whether the tests of its statements notice. */
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { writeJson } from '../report/json.ts'
import { startProgress } from '../report/progress.ts'
import { judgeMutation, type Mutation, type MutationVerdict, runUndamaged } from './mutation.ts'
import { mutationDetail, mutationTable } from './print.ts'
import { copyWorkTree } from './work-copy.ts'

export interface MutateOptions {
  readonly root: string
  readonly mutations: readonly Mutation[]
  readonly json?: string
}

/** Prints the table and gives the exit code: 0 only if every mutation was killed. */
export const reportMutations = async ({ root, mutations, json }: MutateOptions): Promise<number> => {
  const rows = await judgeAll(root, mutations)
  console.log(mutationTable(rows))
  const killed = rows.filter(([, verdict]) => verdict.kind === 'killed').length
  console.log(`\n${killed} of ${rows.length} mutations killed`)
  if (json !== undefined) {
    const results = rows.map(([{ name, file, proves }, verdict]) => ({
      name,
      file,
      proves,
      result: verdict.kind,
      detail: mutationDetail(verdict),
    }))
    await writeJson(json, { mutations: results })
  }
  return killed === rows.length ? 0 : 1
}

export const judgeAll = async (
  root: string,
  mutations: readonly Mutation[],
): Promise<readonly (readonly [Mutation, MutationVerdict])[]> => {
  if (mutations.length === 0) return []
  const progress = startProgress('mutations', { total: mutations.length })
  const copy = await copyWorkTree(root)
  // Interrupted: the process ends at once, and takes the copy along.
  const remove = (): void => rmSync(dirname(copy.root), { recursive: true, force: true })
  process.once('exit', remove)
  try {
    progress.at(0, 'the tests without any')
    const undamaged = await runUndamaged(mutations, { root: copy.root })
    const rows: (readonly [Mutation, MutationVerdict])[] = []
    for (const mutation of mutations) {
      progress.at(rows.length, mutation.name)
      rows.push([mutation, await judgeMutation(mutation, undamaged, { root: copy.root })])
    }
    return rows
  } finally {
    process.off('exit', remove)
    progress.end()
    await copy.remove()
  }
}
