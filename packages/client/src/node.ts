// What a device on Node adds: a store in a file.
export { openSqliteStore } from './store/sqlite.ts'
