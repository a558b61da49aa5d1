import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

/** A clock and timers that do not run alike. */
const machine = () => {
  let timers: { readonly ms: number; readonly run: () => void }[] = []
  const host = {
    time: 0,
    now: () => host.time,
    after: (ms: number, run: () => void) => {
      const timer = { ms, run }
      timers.push(timer)
      return () => void (timers = timers.filter(each => each !== timer))
    },
    waiting: () => timers.map(({ ms }) => ms),
    fire: () => {
      const due = timers
      timers = []
      for (const { run } of due) run()
    },
  }
  return host
}

it('runs once, and not before its time, however early the timer is', () => {
  const host = machine()
  let ran = 0
  createTurns(host).at(1000, () => ran++)
  host.time = 990
  host.fire()
  expect([ran, host.waiting()]).toEqual([0, [10]])
  host.time = 1000
  host.fire()
  expect([ran, host.waiting()]).toEqual([1, []])
})

it('what was cancelled, also after it had to wait again, does not run, nor what waits at the end', () => {
  const host = machine()
  let ran = 0
  const turns = createTurns(host)
  const cancel = turns.at(1000, () => ran++)
  turns.at(2000, () => ran++)
  host.fire()
  cancel()
  expect(host.waiting()).toEqual([2000])
  turns.end()
  expect([ran, host.waiting()]).toEqual([0, []])
})
