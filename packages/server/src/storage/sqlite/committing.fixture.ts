import { writeSync } from 'node:fs'
import { commitId, edit, record } from '../storage.fixture.ts'
import { openSqliteStorage } from './sqlite.ts'

// A process for kill.test.ts: commits numbered batches until it is killed, and prints the number of each that resolved.
const [path = '', start = '1', batchSize = '1'] = process.argv.slice(2)
const size = Number(batchSize)
const storage = await openSqliteStorage({ path, newId: () => '0123456789abcdef' })
for (let batch = Number(start); ; batch += 1) {
  await storage.commit({}, ({ head }) => {
    const rev = head.rev + size
    const records = Array.from({ length: size }, (_, n) =>
      record('order', `${batch}-${n}`, head.rev + 1 + n, { envelope: new Uint8Array(700).fill(batch) }),
    )
    const answered = edit(`e${batch}`, { status: 'applied', rev })
    return { result: rev, head: { rev, commit: commitId(rev) }, records, edits: [answered] }
  })
  writeSync(1, `${batch}\n`)
}
