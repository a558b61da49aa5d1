import { RejoinFault } from '../device/fault.ts'
import type { Draft } from '../replica/draft.ts'
import type { SyncChoice } from './schedule.ts'

/** DS12: what the administrator allows. @throws RejoinFault `not-permitted`, `invalid` */
export const chooseSync = (draft: Draft, choice: SyncChoice): void => {
  const { syncModes } = draft.meta().grant ?? {}
  if (syncModes?.includes(choice.mode) === false) {
    throw new RejoinFault({
      code: 'not-permitted',
      message: `the administrator does not allow the mode ${choice.mode}`,
      fix: `choose ${syncModes.join(' or ')}`,
    })
  }
  if (choice.mode === 'interval' && !((choice.minutes ?? 0) >= 1)) {
    throw new RejoinFault({ code: 'invalid', message: 'an interval takes minutes', fix: 'give `minutes`, at least 1' })
  }
  draft.setMeta({ sync: choice })
}
