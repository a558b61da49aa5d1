/**
 * A copy of the work tree as it is now, uncommitted changes included, in the temporary directory, so that damaged
 * source never stands in the checkout. Dependencies are linked, except that a workspace package must be the copied
 * one: a link to `packages/profile` of the checkout would hide every mutation from the tests of the others.
 */
import { cp, lstat, mkdir, mkdtemp, readdir, readlink, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'

export interface WorkCopy {
  readonly root: string
  remove(): Promise<void>
}

const left = new Set(['node_modules', '.git', 'dist'])

export const copyWorkTree = async (root: string): Promise<WorkCopy> => {
  const parent = await realpath(await mkdtemp(join(tmpdir(), 'rejoin-mutate-')))
  const from = await realpath(root)
  const to = join(parent, basename(from))
  const remove = (): Promise<void> => rm(parent, { recursive: true, force: true })
  try {
    const modules: string[] = []
    await cp(from, to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: path => {
        if (basename(path) === 'node_modules') modules.push(path)
        return !left.has(basename(path))
      },
    })
    for (const each of modules) await linkModules(each, join(to, relative(from, each)), from, to)
    // Tests that read ../shared find it from the copy too.
    const shared = await realpath(join(from, '../shared')).catch(() => undefined)
    if (shared !== undefined) await symlink(shared, join(parent, 'shared'))
    return { root: to, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

const linkModules = async (source: string, target: string, from: string, to: string): Promise<void> => {
  await mkdir(target, { recursive: true })
  for (const name of await readdir(source)) {
    // Caches (.vite, .vite-temp) are written to; the copy makes its own.
    if (name.startsWith('.vite')) continue
    const path = join(source, name)
    if (name.startsWith('@')) await linkModules(path, join(target, name), from, to)
    else await symlink(await destination(path, from, to), join(target, name))
  }
}

const destination = async (path: string, from: string, to: string): Promise<string> => {
  if (!(await lstat(path)).isSymbolicLink()) return path
  const real = resolve(dirname(path), await readlink(path))
  const inside = real.startsWith(from + sep) && !real.split(sep).includes('node_modules')
  return inside ? join(to, relative(from, real)) : real
}
