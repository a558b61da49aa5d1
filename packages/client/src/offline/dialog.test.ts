import type { Fault } from '@rejoin/profile'
import { describe, expect, it } from 'vitest'
import { type Dialog, type DialogEvent, nextStep } from './dialog.ts'

const fault: Fault = { code: 'full', at: 'store', message: 'no room' }
type Step = Dialog['step']
type What = 'on, with a cache' | 'on, without' | 'off' | 'download' | 'downloaded' | 'failed' | 'cancel'

const events: Readonly<Record<What, DialogEvent>> = {
  'on, with a cache': { type: 'turned on', downloaded: true },
  'on, without': { type: 'turned on', downloaded: false },
  off: { type: 'turned off' },
  download: { type: 'download' },
  downloaded: { type: 'downloaded' },
  failed: { type: 'failed', fault },
  cancel: { type: 'cancel' },
}

const dialogs: Readonly<Record<Step, Dialog>> = {
  closed: { step: 'closed' },
  asking: { step: 'asking' },
  downloading: { step: 'downloading' },
  downloaded: { step: 'downloaded' },
  failed: { step: 'failed', fault },
}

/** Written down from OM1 and OM2; a missing cell does not compile. */
const table: Readonly<Record<Step, Readonly<Record<What, Step>>>> = {
  closed: {
    'on, with a cache': 'closed',
    'on, without': 'asking',
    off: 'closed',
    download: 'downloading',
    downloaded: 'closed',
    failed: 'closed',
    cancel: 'closed',
  },
  asking: {
    'on, with a cache': 'closed',
    'on, without': 'asking',
    off: 'closed',
    download: 'downloading',
    downloaded: 'asking',
    failed: 'asking',
    cancel: 'closed',
  },
  downloading: {
    'on, with a cache': 'closed',
    'on, without': 'downloading',
    off: 'closed',
    download: 'downloading',
    downloaded: 'downloaded',
    failed: 'failed',
    cancel: 'closed',
  },
  downloaded: {
    'on, with a cache': 'closed',
    'on, without': 'asking',
    off: 'closed',
    download: 'downloading',
    downloaded: 'downloaded',
    failed: 'downloaded',
    cancel: 'closed',
  },
  failed: {
    'on, with a cache': 'closed',
    'on, without': 'asking',
    off: 'closed',
    download: 'downloading',
    downloaded: 'failed',
    failed: 'failed',
    cancel: 'closed',
  },
}

describe('the download dialog', () => {
  it('[OM1] [OM2] asks where nothing is here, ends a download in a choice, and can be cancelled at each step', () => {
    for (const [step, row] of Object.entries(table))
      for (const [what, expected] of Object.entries(row))
        expect(nextStep(dialogs[step as Step], events[what as What]).step, `${step}, ${what}`).toBe(expected)
  })
})
