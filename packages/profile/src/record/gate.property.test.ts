import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Edit } from '../edit/edit.ts'
import { recordWrites, settleDocument } from './document.ts'
import { readFlat } from './flat.ts'
import { gate, MINE, RELAY, says, standing, write } from './gate.fixture.ts'
import { anEdit, COLUMNS, GUID, loaded, over, values, waits } from './record.fixture.ts'
import { DELETED, ROOT } from './record.ts'

const honestWrites = fc.dictionary(fc.constantFrom(...COLUMNS), values, { minKeys: 1, maxKeys: 5 })
const step = fc.oneof(
  honestWrites.map(fields => ({ kind: 'update' as const, fields })),
  fc.constant({ kind: 'delete' as const, fields: {} }),
)

test('honest edits of all kinds pass, in chains, also when their origins were collected meanwhile', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 5 }),
      fc.array(fc.tuple(fc.nat(5), honestWrites), { maxLength: 5 }),
      (chain, others) => {
        // Recorded in a row on what the device has …
        const edits: Edit[] = []
        let work = standing
        for (const { kind, fields } of chain) {
          const recorded = recordWrites(GUID, [work], MINE, kind === 'delete' ? { [DELETED]: true } : fields)
          edits.push(anEdit({ kind, changes: says(fields), update: recorded.update }))
          work = recorded.work
        }
        // … and accepted one by one, the relay writing and collecting in between.
        let present = standing
        for (const [index, edit] of edits.entries()) {
          for (const [, fields] of others.filter(([when]) => when === index)) {
            present = settleDocument(GUID, present, undefined, over(readFlat(present), fields), RELAY)
          }
          expect(gate(edit, present)).toEqual({ pass: true })
          expect(waits(loaded(present, edit.update))).toBe(false)
          present = settleDocument(GUID, present, edit.update, readFlat(present), RELAY)
          // The same again is answered as used up, not taken twice.
          expect(gate(edit, present)).toMatchObject({ why: 'resync' })
        }
      },
    ),
  )
})

test('any damage to an honest update is refused or says exactly what the edit states', () => {
  const changes = says({ status: 'done', owner: 'me' })
  const update = write([standing], MINE, { status: 'done', owner: 'me' })
  const before = loaded(standing).getMap(ROOT).toJSON()
  for (let at = 0; at < update.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const bytes = update.slice()
      bytes[at] = bytes[at]! ^ (1 << bit)
      if (!gate(anEdit({ update: bytes, changes })).pass) continue
      const after = loaded(standing, bytes)
      expect(waits(after)).toBe(false)
      for (const column of ['title', 'note']) expect(after.getMap(ROOT).toJSON()[column]).toEqual(before[column])
    }
  }
})
