/** `--json FILE` of the commands: the file is either the old one or the whole new one, never half of it. */
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Writes `value` as JSON beside `file`, then renames it into place. Missing folders are made. */
export const writeJson = async (file: string, value: unknown): Promise<void> => {
  const target = resolve(file)
  const draft = `${target}.${process.pid}.tmp`
  await mkdir(dirname(target), { recursive: true })
  try {
    const handle = await open(draft, 'w')
    try {
      await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
