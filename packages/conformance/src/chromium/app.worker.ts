// The service worker of the page in app.page.ts.
import { keepApp, type WorkerScope } from '@rejoin/client/service-worker'

keepApp(globalThis as unknown as WorkerScope, { version: '1', resources: ['/', '/page.js'] })
