import { decodeUp, type Edit, type Fields, nowhere, recordWrites } from '@rejoin/profile'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pushFrames, unsendable } from './sending.ts'

const FRAME = 1024 * 1024

/** an update from `before` to `size` letters in column `text`, image included */
const edit = (seq: number, size: number, more: Partial<Edit> = {}, before = 0): Edit => {
  const fields: Fields = { text: 'x'.repeat(size) }
  return {
    id: `edit-${seq}`,
    author: 'ana',
    device: '00000000000000aa',
    seq,
    tick: 1,
    at: 0,
    table: 'task',
    record: `T${seq}`,
    kind: 'update',
    base: nowhere,
    incarnation: '',
    changes: { text: ['y'.repeat(before), fields['text']!] },
    update: recordWrites(`task/T${seq}`, [], 256, fields).update,
    image: fields,
    ...more,
  }
}
const waiting = (edits: readonly Edit[]) =>
  edits.map(each => ({ edit: each, state: { status: 'waiting', left: false } as const }))
const editsIn = (frame: Uint8Array): readonly Edit[] => {
  const message = decodeUp(frame)
  return message.type === 'push' ? message.edits : []
}

describe('pushes', () => {
  it('no frame is larger than a relay takes, groups stay together, and all that is not refused goes in order', () => {
    const made = fc.array(
      fc.record({
        size: fc.integer({ min: 1, max: 255 * 1024 }),
        before: fc.integer({ min: 0, max: 255 * 1024 }),
        group: fc.constantFrom(undefined, 'g', 'h'),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(made, wishes => {
        const edits = wishes
          .toSorted((a, b) => (a.group ?? '').localeCompare(b.group ?? ''))
          .map(({ size, before, group }, seq) => edit(seq, size, group === undefined ? {} : { group }, before))
        const refused = new Set(unsendable(waiting(edits), undefined).map(({ entry }) => entry.edit.id))
        const frames = pushFrames(edits)
        for (const frame of frames) expect(frame.length).toBeLessThanOrEqual(FRAME)
        const sent = frames.map(frame => editsIn(frame))
        expect(sent.flat().map(({ id }) => id)).toEqual(edits.map(({ id }) => id).filter(id => !refused.has(id)))
        for (const group of ['g', 'h'])
          expect(sent.filter(frame => frame.some(each => each.group === group)).length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 25 },
    )
  })

  it('a group with one edit that no frame could hold is refused whole: that one for its size, the others for it', () => {
    const group = { group: 'g' }
    const edits = [edit(1, 10), edit(2, 10, group), edit(3, 300 * 1024, group), edit(4, 10)]
    expect(unsendable(waiting(edits), undefined)).toMatchObject([
      { entry: { edit: { id: 'edit-2' } }, answer: { status: 'rejected', code: 'group' } },
      { entry: { edit: { id: 'edit-3' } }, answer: { status: 'rejected', code: 'too-large', column: 'text' } },
    ])
  })

  it('a group heavier than a frame is refused as a whole, each of its edits for its size', () => {
    const edits = [1, 2, 3].map(seq => edit(seq, 200 * 1024, { group: 'g' }))
    expect(unsendable(waiting(edits), undefined).map(({ answer }) => answer.code)).toEqual([
      'too-large',
      'too-large',
      'too-large',
    ])
    expect(pushFrames(edits)).toEqual([])
  })
})
