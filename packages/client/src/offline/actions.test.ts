import { describe, expect, it } from 'vitest'
import { type AppActions, shownOn, whyAbsent } from './actions.ts'

const app = (allowed: { app: boolean; screen: boolean; runs: boolean; placement: boolean }): AppActions => ({
  offline: allowed.app,
  screens: {
    order: { offline: allowed.screen, placements: { top: { function: 'close', disableOffline: !allowed.placement } } },
  },
  functions: { close: { offline: allowed.runs } },
})

const every = [true, false]
const combinations = every.flatMap(a =>
  every.flatMap(screen => every.flatMap(runs => every.map(placement => ({ app: a, screen, runs, placement })))),
)

describe('availability of actions', () => {
  it('[OM5] app, screen, function and placement each can forbid offline use; all must allow it', () => {
    for (const allowed of combinations) {
      const all = Object.values(allowed).every(Boolean)
      expect(shownOn(app(allowed), 'order', true), JSON.stringify(allowed)).toEqual(all ? ['top'] : [])
      expect(shownOn(app(allowed), 'order', false)).toEqual(['top'])
    }
  })

  it('[OM4] every reason can be asked for, one for each that forbids, with its place', () => {
    for (const allowed of combinations) {
      const codes = [
        ...(allowed.app ? [] : ['app-forbids']),
        ...(allowed.screen ? [] : ['screen-forbids']),
        ...(allowed.runs ? [] : ['function-forbids']),
        ...(allowed.placement ? [] : ['placement-forbids']),
      ]
      expect(whyAbsent(app(allowed), 'order', 'top', true).map(({ code }) => code)).toEqual(codes)
      expect(whyAbsent(app(allowed), 'order', 'top', false)).toEqual([])
    }
    const none = { app: true, screen: true, runs: false, placement: true }
    expect(whyAbsent(app(none), 'order', 'top', true)[0]).toMatchObject({
      at: 'function close',
      fix: expect.any(String),
    })
    expect(whyAbsent(app(none), 'order', 'bottom', false)[0]).toMatchObject({ code: 'unknown' })
  })

  it('[OM4] what is shown keeps its order', () => {
    const many: AppActions = {
      offline: true,
      screens: {
        order: {
          offline: true,
          placements: { c: { function: 'yes' }, a: { function: 'no' }, b: { function: 'yes' } },
        },
      },
      functions: { yes: { offline: true }, no: { offline: false } },
    }
    expect(shownOn(many, 'order', true)).toEqual(['c', 'b'])
    expect(shownOn(many, 'order', false)).toEqual(['c', 'a', 'b'])
    expect(shownOn(many, 'elsewhere', false)).toEqual([])
  })
})
