import type { Fault } from '@rejoin/profile'

/**
 * What a person is asked on the way into offline mode. A download never switches by itself (OM2): it ends in a choice.
 *
 *     closed -- turned on, nothing here --> asking -- download --> downloading --> downloaded -- go offline --> closed
 *                                             |                        |               |
 *                                             +------- cancel ---------+-- failed -----+--> closed
 */
export type Dialog =
  | { readonly step: 'closed' }
  /** offline mode was asked for and nothing has been downloaded: download first? */
  | { readonly step: 'asking' }
  | { readonly step: 'downloading' }
  /** everything is here: go offline now, or stay online */
  | { readonly step: 'downloaded' }
  | { readonly step: 'failed'; readonly fault: Fault }

export type DialogEvent =
  | { readonly type: 'turned on'; readonly downloaded: boolean }
  | { readonly type: 'turned off' }
  | { readonly type: 'download' }
  | { readonly type: 'downloaded' }
  | { readonly type: 'failed'; readonly fault: Fault }
  | { readonly type: 'cancel' }

export const closed: Dialog = { step: 'closed' }

export const nextStep = (dialog: Dialog, event: DialogEvent): Dialog => {
  switch (event.type) {
    case 'turned on':
      if (event.downloaded) return closed
      return dialog.step === 'downloading' ? dialog : { step: 'asking' }
    case 'download':
      return { step: 'downloading' }
    case 'downloaded':
      return dialog.step === 'downloading' ? { step: 'downloaded' } : dialog
    case 'failed':
      return dialog.step === 'downloading' ? { step: 'failed', fault: event.fault } : dialog
    case 'turned off':
    case 'cancel':
      return closed
  }
}
