// What a device holds and says, for who builds or supports an app. Reads, and changes nothing.
//
//     mountInspector(document.body, rejoin)      a button in the page, and a panel behind it
//     await inspect(rejoin)                      the same as plain data
export { mountInspector } from './mount.ts'
export { inspect, inspectRecord, inspectRecordIn, inspectStore } from './inspect.ts'
export type {
  Absence,
  EntryInspection,
  Inspection,
  InspectOptions,
  Presence,
  RecordInspection,
  SessionInspection,
  ShelfInspection,
  TableInspection,
} from './inspection.ts'
