import { writeSync } from 'node:fs'
import { openDevelopmentIssuer } from '../identity/development.ts'
import { createRelay } from '../relay.ts'
import { LOCAL_ORIGINS } from '../routes/doorway.ts'
import { serveRelay } from '../routes/serve.ts'
import { openPostgresStorage } from '../storage/postgres/postgres.ts'

// A process for kill.test.ts: a relay over the database of its argument; prints its address once it serves.
const [url = ''] = process.argv.slice(2)
const storage = await openPostgresStorage({ url, newId: () => '0123456789abcdef' })
const issuer = await openDevelopmentIssuer(storage)
const relay = await createRelay({ storage, wake: storage.wake, issuer, origins: LOCAL_ORIGINS })
const { url: address } = await serveRelay(relay, { port: 0 })
writeSync(1, `${address}\n`)
