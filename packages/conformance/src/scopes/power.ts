import { runHistory, ScopeFailure } from './run.ts'
import type { State } from './state.ts'
const lies: Record<string, (s: State) => State> = {
  shares: s => ({ ...s, shares: [] }),
  managers: s => ({ ...s, users: new Map([...s.users].map(([id, { manager: _, ...u }]) => [id, u])) }),
  zones: s => ({ ...s, users: new Map([...s.users].map(([id, { timeZone: _, ...u }]) => [id, u])) }),
  teams: s => ({ ...s, teams: new Map([...s.teams].map(([id, t]) => [id, { ...t, members: t.members.slice(0, 1) }])) }),
  teamroles: s => ({ ...s, teams: new Map([...s.teams].map(([id, { roles: _, ...t }]) => [id, t])) }),
  units: s => ({ ...s, users: new Map([...s.users].map(([id, u]) => [id, { ...u, unit: 'sales' }])) }),
  hidden: s => ({ ...s, roles: new Map([...s.roles].map(([id, r]) => [id, { ...r, tables: Object.fromEntries(Object.entries(r.tables).map(([t, x]) => [t, { read: x.read! }])) }])) }),
  depth: s => ({ ...s, roles: new Map([...s.roles].map(([id, r]) => [id, { ...r, tables: { ...r.tables, workorder: { read: 'all' } } }])) }),
  assign: s => ({ ...s, assignments: s.assignments.map(a => ({ ...a, at: 0 })) }),
}
const [first = 1, count = 15] = process.argv.slice(2).map(Number)
for (const [name, deceive] of Object.entries(lies)) {
  let noticed = 0
  for (let seed = first; seed < first + count; seed++)
    await runHistory({ seed, steps: 15, deceive }).catch(e => { if (!(e instanceof ScopeFailure)) throw e; noticed++ })
  console.log(name, noticed, 'of', count)
}
