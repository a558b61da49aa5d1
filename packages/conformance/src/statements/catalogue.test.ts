import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { catalogue, families } from './catalogue.ts'

const source = fileURLToPath(new URL('../../../../../shared/STATEMENTS.md', import.meta.url))

/** A reading of the markdown of its own: cells of every table row that opens with an id, under its heading. */
const published = (): { id: string; family: string; sentence: string; source: string }[] => {
  let code = ''
  return readFileSync(source, 'utf8')
    .split('\n')
    .flatMap(line => {
      if (line.startsWith('## ')) code = line.slice(3, 5)
      const cells = line.split(' | ')
      const id = cells[0]?.replace(/^\| /, '') ?? ''
      if (!/^[A-Z]{2}\d+$/.test(id)) return []
      return [
        {
          id,
          family: code,
          sentence: cells.slice(1, -1).join(' | '),
          source: (cells.at(-1) ?? '').replace(/ \|$/, ''),
        },
      ]
    })
}

describe('the catalogue', () => {
  it('names every id once, under the family whose code opens it', () => {
    expect(catalogue.length).toBeGreaterThan(150)
    expect(new Set(catalogue.map(each => each.id)).size).toBe(catalogue.length)
    expect(new Set(families.map(each => each.code)).size).toBe(families.length)
    for (const each of catalogue) {
      expect(each.id).toMatch(new RegExp(`^${each.family}\\d+$`))
      expect(each.sentence.length).toBeGreaterThan(10)
      expect(each.source).toMatch(/^(R|[DPN]\*?)(, (R|[DPN]\*?))*$/)
    }
  })

  it.skipIf(!existsSync(source))('says word for word what ../shared/STATEMENTS.md says, in its order', () => {
    expect(catalogue).toEqual(published())
  })
})
