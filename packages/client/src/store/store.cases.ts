import { expectBug, expectFault, expectSame } from './store.expect.ts'
/**
 * What every store must do, as named cases with plain assertions: vitest iterates over them in
 * `store.contract.ts`, a page in a real browser does the same. Authors of adapters hand in a harness.
 */
import { SMALL_ROOM, withSmallStore, withStore } from './store.harness.ts'
import type { StoreCase } from './store.harness.ts'
import { samples } from './store.samples.ts'
import { shelves } from './store.ts'
import type { Store, StoreChange, StoreValue } from './store.ts'

export type { OpenedStore, StoreCase, StoreHarness } from './store.harness.ts'
export { SMALL_ROOM } from './store.harness.ts'

const puts = (keys: string): StoreChange[] => [...keys].map(key => ({ put: 'overlay', key, value: key }))
const keysOf = async (store: Store, range?: Parameters<Store['scan']>[1]): Promise<string> =>
  (await store.scan('overlay', range)).map(([key]) => key).join('')

/** The contract: an adapter that passes all of them may hold a device. See `StoreHarness`. */
export const storeCases: readonly StoreCase[] = [
  withStore('a key that was never put is undefined and an empty shelf scans as nothing', async store => {
    expectSame(await store.get('page', 'a'), undefined, 'get')
    for (const shelf of shelves) expectSame(await store.scan(shelf), [], shelf)
  }),

  withStore('each shelf keeps its own entries', async store => {
    await store.commit(shelves.map(shelf => ({ put: shelf, key: 'k', value: shelf })))
    await store.commit([{ clear: 'page' }])
    for (const shelf of shelves) expectSame(await store.get(shelf, 'k'), shelf === 'page' ? undefined : shelf, shelf)
  }),

  withStore('a scan is in code unit order, whatever the order of the puts', async store => {
    const keys = ['b', 'a', 'Z', '10', '9', 'a/1', 'a', '', '~', 'a!', '_']
    await store.commit(keys.map(key => ({ put: 'overlay', key, value: 0 })))
    const expected = [...new Set(keys)].toSorted((a, b) => (a < b ? -1 : 1))
    expectSame(
      (await store.scan('overlay')).map(([key]) => key),
      expected,
      'keys',
    )
  }),

  withStore('a scan holds from <= key < to and stops at its limit', async store => {
    await store.commit(puts('edcba'))
    expectSame(await keysOf(store, { from: 'b', to: 'd' }), 'bc', 'both bounds')
    expectSame(await keysOf(store, { from: 'c' }), 'cde', 'from')
    expectSame(await keysOf(store, { to: 'c' }), 'ab', 'to')
    expectSame(await keysOf(store, { from: 'bb', to: 'dd' }), 'cd', 'bounds between keys')
    expectSame(await keysOf(store, { from: 'c', to: 'c' }), '', 'equal bounds')
    expectSame(await keysOf(store, { from: 'd', to: 'b' }), '', 'crossed bounds')
    expectSame(await keysOf(store, { limit: 2 }), 'ab', 'limit')
    expectSame(await keysOf(store, { from: 'b', to: 'e', limit: 2 }), 'bc', 'limit and bounds')
    expectSame(await keysOf(store, { limit: 0 }), '', 'limit 0')
    expectSame(await keysOf(store, { limit: 99 }), 'abcde', 'limit beyond the end')
    expectSame((await store.scan('overlay', { from: 'd' }))[0], ['d', 'd'], 'entry')
  }),

  withStore('changes of one commit are applied in order', async store => {
    await store.commit([
      ...puts('abcde'),
      { put: 'overlay', key: 'a', value: 2 },
      { clear: 'overlay', from: 'b', to: 'd' },
    ])
    expectSame(await keysOf(store), 'ade', 'cleared after the puts')
    expectSame(await store.get('overlay', 'a'), 2, 'the later put wins')
    await store.commit([
      { clear: 'overlay' },
      ...puts('x'),
      { delete: 'overlay', key: 'x' },
      ...puts('yz'),
      { clear: 'overlay', from: 'z' },
    ])
    expectSame(await keysOf(store), 'y', 'put after clear stays')
    await store.commit([
      { delete: 'overlay', key: 'y' },
      ...puts('y'),
      { clear: 'overlay', to: 'a' },
      { clear: 'overlay', from: 'z', to: 'a' },
    ])
    expectSame(await keysOf(store), 'y', 'put after delete stays')
  }),

  withStore('adding what is there already rejects with taken and changes nothing', async store => {
    await store.commit([{ add: 'overlay', key: 'a', value: 1 }])
    await expectFault(
      store.commit([...puts('xyz'), { add: 'overlay', key: 'a', value: 2 }, { clear: 'overlay' }, ...puts('w')]),
      'taken',
      'commit',
    )
    expectSame(await store.scan('overlay'), [['a', 1]], 'nothing of it')
    await store.commit([
      { delete: 'overlay', key: 'a' },
      { add: 'overlay', key: 'a', value: 3 },
      { add: 'overlay', key: 'b', value: 4 },
      { delete: 'overlay', key: 'b' },
    ])
    expectSame(await store.scan('overlay'), [['a', 3]], 'after it was deleted in the same commit')
    const both = await Promise.allSettled([1, 2].map(value => store.commit([{ add: 'meta', key: 'once', value }])))
    expectSame(
      [both.map(({ status }) => status), await store.get('meta', 'once')],
      [['fulfilled', 'rejected'], 1],
      'two',
    )
  }),

  withStore('deleting and clearing what is not there, and an empty commit, are no errors', async store => {
    await store.commit([{ delete: 'page', key: 'none' }, { clear: 'page' }, { clear: 'page', from: 'a', to: 'b' }])
    await store.commit([])
    expectSame(await store.scan('page'), [], 'page')
  }),

  withStore('values come back as they were put, also after reopening', async (store, reopen) => {
    const entries = Object.entries(samples)
    await store.commit(entries.map(([key, value]) => ({ put: 'ledger', key, value })))
    for (const [key, value] of entries) expectSame(await store.get('ledger', key), value, key)
    const again = await reopen()
    for (const [key, value] of entries) expectSame(await again.get('ledger', key), value, `${key} reopened`)
    expectSame(Object.fromEntries(await again.scan('ledger')), samples, 'scan')
  }),

  withStore('bytes come back as plain Uint8Array that keep no larger buffer in the store', async store => {
    const frame = Uint8Array.from({ length: 100_000 }, (_, at) => at)
    await store.commit([
      { put: 'page', key: 'bare', value: frame.subarray(10, 13) },
      { put: 'page', key: 'nested', value: { bytes: [frame.subarray(7, 9)] } },
    ])
    const bare = await store.get('page', 'bare')
    expectSame(bare instanceof Uint8Array && Object.getPrototypeOf(bare) === Uint8Array.prototype, true, 'plain')
    expectSame(bare, Uint8Array.of(10, 11, 12), 'bare')
    expectSame(bare instanceof Uint8Array && bare.buffer.byteLength < 50_000, true, 'cut out')
    expectSame(await store.get('page', 'nested'), { bytes: [Uint8Array.of(7, 8)] }, 'nested')
  }),

  withStore('a value is copied at the call: later changes on either side do not reach the other', async store => {
    const bytes = Uint8Array.of(1, 2, 3)
    const list = [1, 2]
    const committed = store.commit([
      { put: 'page', key: 'bytes', value: bytes },
      { put: 'page', key: 'list', value: { list } },
    ])
    bytes[0] = 99
    list.push(99)
    await committed
    const read = await store.get('page', 'bytes')
    expectSame(read, Uint8Array.of(1, 2, 3), 'after the caller changed its bytes')
    if (read instanceof Uint8Array) read[0] = 77
    expectSame(await store.get('page', 'bytes'), Uint8Array.of(1, 2, 3), 'after the reader changed its copy')
    expectSame(await store.get('page', 'list'), { list: [1, 2] }, 'nested')
  }),

  withStore('an invalid change anywhere in a commit changes nothing and leaves the store usable', async store => {
    await store.commit(puts('a'))
    const broken: unknown[] = [
      { put: 'overlay', key: 'x', value: undefined },
      { put: 'overlay', key: 'x', value: { deep: [1, undefined] } },
      { put: 'overlay', key: 'x', value: () => 1 },
      { put: 'overlay', key: 'x', value: 1n },
      { put: 'overlay', key: 'x', value: new Date(0) },
      { put: 'overlay', key: 'x', value: JSON.parse('{"__proto__": 1}') },
      { put: 'overlay', key: 'ö', value: 1 },
      { put: 'overlay', key: 7, value: 1 },
      { put: 'nowhere', key: 'x', value: 1 },
      { delete: 'nowhere', key: 'x' },
      { clear: 'nowhere' },
    ]
    for (const [index, change] of broken.entries()) {
      const changes = [{ clear: 'overlay' }, ...puts('b'), change, ...puts('c')] as StoreChange[]
      await expectBug(store.commit(changes), `broken change ${index}`)
    }
    expectSame(await keysOf(store), 'a', 'nothing of them')
    await store.commit(puts('d'))
    expectSame(await keysOf(store), 'ad', 'still usable')
  }),

  withStore('a read sees every commit called before it', async store => {
    const committed = store.commit([...puts('a'), { put: 'outbox', key: 'e', value: 1 }])
    const [overlay, outbox] = await Promise.all([store.get('overlay', 'a'), store.scan('outbox')])
    expectSame([overlay, outbox], ['a', [['e', 1]]], 'read before the commit resolved')
    await committed
  }),

  withStore('concurrent commits are applied whole and in the order of their calls', async (store, reopen) => {
    const settledOrder: number[] = []
    const seen: Promise<[string, StoreValue][]>[] = []
    const commits = Array.from({ length: 40 }, async (_, turn) => {
      const shelf = turn % 2 === 0 ? 'outbox' : 'settled'
      const committing = store.commit(
        [
          { clear: 'overlay' },
          ...[...'abc'].map((key): StoreChange => ({ put: 'overlay', key, value: turn })),
          { put: shelf, key: `${turn}`, value: turn },
        ],
        turn % 3 === 0 ? 'relaxed' : 'strict',
      )
      seen.push(store.scan('overlay'))
      await committing
      settledOrder.push(turn)
    })
    await Promise.all(commits)
    const turns = Array.from({ length: 40 }, (_, turn) => turn)
    expectSame(settledOrder, turns, 'order')
    const scans = await Promise.all(seen)
    expectSame(
      scans,
      turns.map(turn => [...'abc'].map(key => [key, turn])),
      'each scan sees one whole commit',
    )
    const again = await reopen()
    expectSame(
      await again.scan('overlay'),
      [...'abc'].map(key => [key, 39]),
      'the last one stays',
    )
    expectSame((await again.scan('outbox')).length + (await again.scan('settled')).length, 40, 'none is lost')
  }),

  withStore('a small commit waits for a large one called before it, though they share no shelf', async store => {
    const order: string[] = []
    const rows = Array.from({ length: 400 }, (_, n): StoreChange => ({ put: 'page', key: `${n}`, value: 'row' }))
    await Promise.all([
      store.commit(rows, 'strict').then(() => order.push('page')),
      store.commit([{ put: 'outbox', key: 'a', value: 1 }], 'relaxed').then(() => order.push('outbox')),
      store.commit([{ put: 'ledger', key: 'a', value: 1 }], 'relaxed').then(() => order.push('ledger')),
    ])
    expectSame(order, ['page', 'outbox', 'ledger'], 'order')
  }),

  withStore('reopening sees all that was committed, strict or relaxed', async (store, reopen) => {
    await store.commit(puts('abc'))
    await store.commit([{ delete: 'overlay', key: 'b' }], 'relaxed')
    await store.commit(puts('d'), 'strict')
    const again = await reopen()
    expectSame(await keysOf(again), 'acd', 'first time')
    await again.commit([{ clear: 'overlay', to: 'c' }])
    expectSame(await keysOf(await reopen()), 'cd', 'second time')
  }),

  withStore('closing waits for the commits called before it', async (store, reopen) => {
    const order: string[] = []
    const commits = [...'abc'].map(key => store.commit(puts(key)).then(() => order.push(key)))
    await Promise.all([store.close().then(() => order.push('closed')), ...commits])
    expectSame(order, ['a', 'b', 'c', 'closed'], 'order')
    expectSame(await keysOf(await reopen()), 'abc', 'kept')
  }),

  withStore('after close every call rejects with gone, and closing again is no error', async (store, reopen) => {
    await store.commit(puts('a'))
    await store.close()
    await expectFault(store.commit(puts('b')), 'gone', 'commit')
    await expectFault(store.commit([]), 'gone', 'empty commit')
    await expectFault(store.get('overlay', 'a'), 'gone', 'get')
    await expectFault(store.scan('overlay'), 'gone', 'scan')
    await store.close()
    expectSame(await keysOf(await reopen()), 'a', 'nothing came in')
  }),

  withSmallStore(
    'a commit without room rejects with full, changes nothing, and leaves the store usable',
    async (store, reopen) => {
      const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 2654435761) >>> 24)
      await store.commit([...puts('abc'), { put: 'page', key: 'kept', value: bytes(SMALL_ROOM / 2) }])
      const large: StoreChange[] = Array.from({ length: 20 }, (_, n) => ({
        put: 'page',
        key: `p${n}`,
        value: bytes(SMALL_ROOM / 10),
      }))
      await expectFault(
        store.commit([
          { clear: 'overlay', to: 'c' },
          { put: 'overlay', key: 'c', value: 'new' },
          ...large,
          ...puts('z'),
        ]),
        'full',
        'commit',
      )
      const unchanged = async (now: Store, when: string): Promise<void> => {
        expectSame(
          await now.scan('overlay'),
          [...'abc'].map(key => [key, key]),
          `overlay ${when}`,
        )
        expectSame(
          (await now.scan('page')).map(([key]) => key),
          ['kept'],
          `page ${when}`,
        )
      }
      await unchanged(store, 'after the failure')
      await store.commit([{ put: 'outbox', key: 'small', value: 1 }])
      const again = await reopen()
      await unchanged(again, 'reopened')
      expectSame(await again.get('outbox', 'small'), 1, 'a commit that fits')
      await again.commit([{ delete: 'page', key: 'kept' }])
      await again.commit([{ put: 'page', key: 'instead', value: bytes(SMALL_ROOM / 4) }])
      expectSame(
        (await again.scan('page')).map(([key]) => key),
        ['instead'],
        'room that was freed is used',
      )
    },
  ),
]
