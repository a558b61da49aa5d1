import { RejoinFault } from '../device/fault.ts'
import type { Draft } from '../replica/draft.ts'

/** OM1: not entered before a cache exists that can be read. @throws RejoinFault `not-ready` */
export const switchMode = (draft: Draft, offline: boolean): void => {
  const { ready, sealed } = draft.meta()
  if (offline && (!ready || sealed === true)) {
    throw new RejoinFault({
      code: 'not-ready',
      message: 'nothing has been downloaded that could be used offline',
      fix: 'download first',
    })
  }
  draft.setMeta({ offline })
}
