import { expect, it } from 'vitest'
import { ASK_EACH, createPulse, type Pulse } from './pulse.ts'

const rig = (): {
  pulse: Pulse
  pass: (ms: number, answering?: boolean) => void
  alarms: number[]
  asked: () => number
} => {
  let now = 0
  let asked = 0
  let due: { at: number; run: () => void } | undefined
  const alarms: number[] = []
  let answering = false
  const pulse: Pulse = createPulse({
    host: {
      now: () => now,
      after: (ms, run) => {
        const mine = { at: now + ms, run }
        due = mine
        return () => {
          if (due === mine) due = undefined
        }
      },
    },
    ask: () => {
      asked++
      if (answering) pulse.heard()
    },
    silent: () => alarms.push(now),
  })
  return {
    pulse,
    alarms,
    asked: () => asked,
    pass: (ms, answers = false) => {
      answering = answers
      const end = now + ms
      while (due !== undefined && due.at <= end) {
        now = due.at
        const { run } = due
        due = undefined
        run()
      }
      now = end
    },
  }
}

it('a leader that answers is never given up', () => {
  const { pulse, pass, alarms } = rig()
  pulse.start()
  pass(600_000, true)
  expect(alarms).toEqual([])
})

it('a leader that falls silent is given up within 3.2 s of its last word', () => {
  const { pulse, pass, alarms } = rig()
  pulse.start()
  pass(10 * ASK_EACH, true)
  pass(3_200)
  expect(alarms).toHaveLength(1)
})

it('a tab that was asleep itself does not take its own deafness for the silence of the leader', () => {
  const { pulse, pass, alarms } = rig()
  pulse.start()
  pass(ASK_EACH, true)
  for (let sleep = 0; sleep < 20; sleep++) {
    pass(2.5 * ASK_EACH)
    // The timer fires late: what was said meanwhile comes after it.
    pulse.heard()
  }
  expect(alarms).toEqual([])
})

it('a tab that hears nobody gives its alarms ever more rarely, until it hears a leader again', () => {
  const { pulse, pass, alarms } = rig()
  pulse.start()
  pass(60_000)
  expect(alarms.length).toBeLessThan(6)
  pass(ASK_EACH, true)
  pass(3_200)
  const before = alarms.length
  pass(3_200)
  expect(alarms.length).toBeGreaterThanOrEqual(before)
})

it('asks nobody after it was stopped', () => {
  const { pulse, pass, asked } = rig()
  pulse.start()
  pulse.stop()
  const before = asked()
  pass(60_000)
  expect(asked()).toBe(before)
})
