import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The app of the guide, made from the page itself: every block that names a file is that file. */
export interface AppFolder {
  readonly path: string
  readonly files: ReadonlyMap<string, string>
  remove(): Promise<void>
}

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const RELAY = 'http://127.0.0.1:8787'

/** By file name, in the order of the page. */
export const filesOf = (page: string): ReadonlyMap<string, string> =>
  new Map([...page.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```/gm)].map(([, name, text]) => [name!, text!]))

export const readGuide = (): Promise<string> => readFile(join(root, 'packages/client/GUIDE.md'), 'utf8')

/** @param relay takes the place of the address in the guide */
export const makeApp = async (relay: string): Promise<AppFolder> => {
  // Within this package, which has most of what the app imports; the rest is what an installation would bring.
  const path = await mkdtemp(fileURLToPath(new URL('app-', import.meta.url)))
  const files = filesOf(await readGuide())
  for (const [name, text] of files) {
    await mkdir(dirname(join(path, name)), { recursive: true })
    await writeFile(join(path, name), text.replaceAll(RELAY, relay))
  }
  await mkdir(join(path, 'node_modules/@types'), { recursive: true })
  for (const name of ['react', 'react-dom', '@types/react', '@types/react-dom'])
    await symlink(join(root, 'packages/client/node_modules', name), join(path, 'node_modules', name))
  return { path, files, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}

export const binary = (name: string): string => join(root, 'node_modules/.bin', name)
