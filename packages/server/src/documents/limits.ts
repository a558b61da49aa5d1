/** How much a document and those who edit it may ask for (RELIABILITY.md, section 4). Sizes in bytes. */
export const documentLimits = {
  /** one stored document */
  documentBytes: 8 * 1024 * 1024,
  structs: 50_000,
  deleteRanges: 50_000,
  /** client ids in one update, and in one document */
  clients: 1_000,
  stateVectorBytes: 16 * 1024,
  awarenessBytes: 4 * 1024,
  /** awareness states one socket may own: an editor changes its id now and then */
  states: 4,
  /** messages waiting for their turn on one socket */
  waiting: 256,
  /** updates after which a document is written as one snapshot */
  updates: 200,
  /** how long an unused document stays in memory, ms */
  lingering: 10_000,
} as const
