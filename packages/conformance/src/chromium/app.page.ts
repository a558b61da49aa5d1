// Runs in the browser: an app that shows a record, and keeps itself for the time without a network.
import { openRejoin } from '@rejoin/client'

const asked = new URL(location.href).searchParams
const url = asked.get('relay') ?? 'http://127.0.0.1:1'

await navigator.serviceWorker.register('/worker.js', { type: 'module' })
const rejoin = await openRejoin({ url, token: asked.get('token') ?? '', app: 'chromium', name: 'app' })
if (!rejoin.ready) await rejoin.firstSync()
await navigator.serviceWorker.ready
if (asked.has('title')) await rejoin.table('workorder').update('W1', { title: asked.get('title') })
document.title = String(rejoin.table('workorder').get('W1')?.['title'])
