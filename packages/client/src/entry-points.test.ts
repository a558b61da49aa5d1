import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))

/** What is loaded with a module: files of this package, and names of others. Types are gone by then. */
const loadedWith = (entry: string, found = new Set<string>()): ReadonlySet<string> => {
  if (found.has(entry)) return found
  found.add(entry)
  const source = readFileSync(join(here, entry), 'utf8')
  for (const [, what, from] of source.matchAll(/^(?:import|export) ([^'"]*?from )?'([^']+)'/gms)) {
    if (what?.startsWith('type ') === true) continue
    if (from!.startsWith('.')) loadedWith(relative(here, join(here, dirname(entry), from!)), found)
    else found.add(from!)
  }
  return found
}

it('an app that uses neither React nor the inspector loads neither', () => {
  for (const entry of ['index.ts', 'node.ts']) {
    const loaded = [...loadedWith(entry)]
    expect(loaded).toContain('device/device.ts')
    expect(loaded.filter(each => /^(react|inspector)\b/.test(each))).toEqual([])
  }
})

it('an inspector that nobody opens has loaded nothing but its button', () => {
  expect([...loadedWith('inspector/mount.ts')]).toEqual(['inspector/mount.ts'])
})

it('the hooks load React and no page', () => {
  const loaded = [...loadedWith('react/index.ts')]
  expect(loaded).toContain('react')
  expect(loaded).not.toContain('react-dom')
})
