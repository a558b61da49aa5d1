import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Command, FaultError } from '@rejoin/profile'

/** `--commands`: the named actions of an app, from a module that its devices load too. @throws FaultError */
export const commandsFrom = async (path: string): Promise<readonly Command[]> => {
  const found = await import(pathToFileURL(resolve(path)).href).then(
    ({ commands }: { readonly commands?: unknown }) => commands,
    (error: unknown) => {
      throw unusable(path, error instanceof Error ? error.message : String(error))
    },
  )
  if (Array.isArray(found) && found.every(isCommand)) return found
  throw unusable(path, 'it exports no list of commands')
}

const isCommand = (each: unknown): each is Command =>
  typeof each === 'object' && each !== null && 'table' in each && 'name' in each && 'run' in each

const unusable = (at: string, message: string): FaultError =>
  new FaultError([{ code: 'commands', at, message, fix: 'export const commands = [defineCommand({ ... })]' }])
