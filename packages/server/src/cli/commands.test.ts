import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FaultError } from '@rejoin/profile'
import { expect, test } from 'vitest'
import { commandsFrom } from './commands.ts'

test('the commands of an app are read from a module that exports them', async () => {
  const module = fileURLToPath(new URL('commands.fixture.ts', import.meta.url))
  expect((await commandsFrom(module)).map(({ table, name }) => `${table}.${name}`)).toEqual(['visit.finish'])
})

test('a module that cannot be loaded, or exports something else, is refused with its path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rejoin-commands-'))
  try {
    for (const [name, text] of [
      ['broken.mjs', 'export const commands = ['],
      ['other.mjs', 'export const commands = [{ name: "finish" }]'],
      ['empty.mjs', 'export const others = []'],
    ] as const) {
      const path = join(folder, name)
      await writeFile(path, text)
      const fault = await commandsFrom(path).catch((error: unknown) => error)
      expect(fault, name).toBeInstanceOf(FaultError)
      expect((fault as FaultError).faults, name).toMatchObject([{ code: 'commands', at: path }])
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
