/** Every statement, in the order of STATEMENTS.md, as data: the report needs no file outside the repository. */
import { attachments } from './families/attachments.ts'
import { authoring } from './families/authoring.ts'
import { cache } from './families/cache.ts'
import { conflicts } from './families/conflicts.ts'
import { deltaSync } from './families/delta-sync.ts'
import { documents } from './families/documents.ts'
import { errors } from './families/errors.ts'
import { filters } from './families/filters.ts'
import { firstSync } from './families/first-sync.ts'
import { localWork } from './families/local-work.ts'
import { managed } from './families/managed.ts'
import { membership } from './families/membership.ts'
import { offlineMode } from './families/offline-mode.ts'
import { outbox } from './families/outbox.ts'
import { peers } from './families/peers.ts'
import { security } from './families/security.ts'
import { status } from './families/status.ts'
import type { Family, Statement } from './statement.ts'

export const families: readonly Family[] = [
  authoring,
  filters,
  managed,
  membership,
  firstSync,
  deltaSync,
  offlineMode,
  localWork,
  outbox,
  conflicts,
  errors,
  cache,
  status,
  attachments,
  security,
  documents,
  peers,
]

export const catalogue: readonly Statement[] = families.flatMap(each => each.statements)
