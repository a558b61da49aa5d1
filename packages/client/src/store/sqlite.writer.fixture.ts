// A program that commits without end and says which commits were acknowledged, until it is killed.
import { openSqliteStore } from './sqlite.ts'

const store = await openSqliteStore({ path: process.argv[2] ?? '' })
const start = (await store.scan('outbox')).length
for (let n = start; ; n += 1) {
  const key = String(n).padStart(8, '0')
  await store.commit([
    { put: 'page', key, value: new Uint8Array(3000).fill(n) },
    { put: 'overlay', key, value: { edit: n } },
    { put: 'outbox', key, value: n },
  ])
  process.stdout.write(`${key}\n`)
}
