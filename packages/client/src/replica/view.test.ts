import { type Edit, freshDocument, packEnvelope, REMEMBERED, serverWins, type Visible } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../outbox/outbox-state.ts'
import { rowFrom } from './memory.ts'
import { viewOf } from './view.ts'

const ME = '1111111111111111'
const OTHER = '2222222222222222'
const LIFE = '00000000000000aa'
const OWN = REMEMBERED + 1

const editId = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`

/** The device's own counts 1 to 9 at revisions 11 to 19, all inside the confirmed record; it remembers eight. */
const own: readonly Visible[] = Array.from({ length: OWN }, (_, at) => ({
  rev: 11 + at,
  edit: editId(at + 1),
  device: ME,
}))

const rowWith = (visible: readonly Visible[], counter: number) => {
  const { rev } = visible.at(-1)!
  const confirmed = {
    rev,
    commit: LIFE,
    changed: rev,
    incarnation: LIFE,
    recent: visible.slice(-REMEMBERED),
    columns: {},
    settled: { [ME]: OWN },
    bytes: freshDocument({ counter }, 512),
  }
  return rowFrom(rev, 0, packEnvelope(confirmed))
}

/** Recorded before any answer came: all stand on revision 10. */
const count = (number: number): Entry => {
  const edit: Edit = {
    id: editId(number),
    author: 'anna',
    device: ME,
    seq: number,
    tick: number,
    at: 0,
    table: 'job',
    record: 'j1',
    kind: 'update',
    base: { rev: 10, commit: LIFE },
    incarnation: LIFE,
    ...(number === 1 ? {} : { after: editId(number - 1) }),
    changes: { counter: [number - 1, number] },
    update: new Uint8Array(),
  }
  return { edit, state: { status: 'waiting', left: true } }
}

const seen = { device: ME, strategy: serverWins, outcome: () => undefined, stepOf: () => undefined }

describe('the view while answers are missing', () => {
  // `pnpm crash --kills 100 --seed 7`: the relay was killed between its commit and its answers.
  it("keeps showing a pending edit behind more merged edits of one's own than the record remembers", () => {
    const chain = Array.from({ length: OWN + 1 }, (_, at) => count(at + 1))
    expect(viewOf(rowWith(own, OWN), chain, seen)?.fields).toEqual({ counter: OWN + 1 })
  })

  it("still predicts the loss where another's change came after them", () => {
    const chain = Array.from({ length: OWN + 1 }, (_, at) => count(at + 1))
    const theirs = [...own, { rev: 20, edit: editId(90), device: OTHER }]
    expect(viewOf(rowWith(theirs, 50), chain, seen)?.fields).toEqual({ counter: 50 })
  })

  it("still predicts the loss where every remembered change is another's", () => {
    const chain = Array.from({ length: OWN + 1 }, (_, at) => count(at + 1))
    const theirs = own.map(({ rev }) => ({ rev, edit: editId(rev + 90), device: OTHER }))
    expect(viewOf(rowWith(theirs, 50), chain, seen)?.fields).toEqual({ counter: 50 })
  })
})
