// For the app's own service worker.
export {
  type AppResources,
  type FetchEventLike,
  keepApp,
  type WorkerEvent,
  type WorkerScope,
} from './resources/keep-app.ts'
