import { describe, expect, it } from 'vitest'
import { chromiumLacking } from '../../chromium/chromium.ts'
import type { Measure } from '../measure.ts'
import { benchDevices } from './main.ts'

const tiny = { size: '10k', records: 40, trials: 1, whole: false, lists: 2, saves: 3, edits: 2, editsOfAll: 2 }
const both = ['first-sync.10k', 'first-sync.100k', 'store.10k', 'store.100k', 'cold-open.100k', 'read-all.100k']
const each = ['query.indexed', 'query.unindexed', 'save', 'save.p99', 'save.outbox', 'save.default']
const names = [...both, ...each, 'live.list', 'live.all']
const ours = [
  ...['memory', 'memory.opened', 'live.list.growth', 'live.all.growth'],
  ...['list', 'all'].flatMap(list => ['10k', '100k'].map(size => `live.${list}.work.${size}`)),
]

describe('the device bench', () => {
  const skipped = chromiumLacking === undefined ? '' : ` (Chromium and Dexie skipped: ${chromiumLacking})`
  it(`gives every measure of both machines, and of Dexie beside ours${skipped}`, async () => {
    const amounts = { small: tiny, large: { ...tiny, size: '100k', records: 120, whole: true } }
    const measures = new Map((await benchDevices(() => {}, undefined, amounts)).map(each => [each.name, each]))
    const there = ({ value, baseline }: Measure): boolean => value > 0 && Number.isFinite(value) && (baseline ?? 1) > 0
    for (const place of chromiumLacking === undefined ? ['node', 'chromium'] : ['node']) {
      for (const name of [...names, ...ours]) {
        const measure = measures.get(`device.${place}.${name}`)
        expect.soft(measure !== undefined && there(measure), `${place} ${name}`).toBe(true)
        expect
          .soft(measure?.baseline !== null, `${place} ${name} of Dexie`)
          .toBe(place === 'chromium' && names.includes(name))
      }
    }
  }, 240_000)
})
