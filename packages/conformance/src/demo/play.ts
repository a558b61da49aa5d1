import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Fault, FaultError, type PlainRow, type StrategyName } from '@rejoin/profile'
import { accountFor, breaches as breachesOf } from '../crash/proof.ts'
import { startProgress } from '../report/progress.ts'
import { readEdits, readHead, readLedger, readRows } from '../rig/database.ts'
import { nameOf, type Part, playAct, putBack } from './act.ts'
import { playCrash } from './crash.ts'
import type { ActReport, DemoReport, Proof } from './report.ts'
import { type Input, openStage, soon, type Stage } from './stage.ts'
import { castOf, type Cast, scenesOf } from './story.ts'
import { happened, heading, proofText, reasons, settingOf, sideBySide, stepText } from './telling.ts'

export interface PlayOptions {
  readonly input: Input
  /** edits of the upload that the kills interrupt */
  readonly edits: number
  readonly say: (text: string) => void
}

/** The whole story, on real processes in a directory of its own. */
export const play = async ({ input, edits, say }: PlayOptions): Promise<DemoReport> => {
  const directory = await mkdtemp(join(tmpdir(), 'rejoin-demo-'))
  const began = performance.now()
  try {
    const stage = await openStage(directory, input)
    try {
      return await playOn(stage, { edits, say, began })
    } finally {
      await stage.close()
    }
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 })
  }
}

const strategies: readonly StrategyName[] = ['clientWins', 'serverWins', 'merge']

const playOn = async (
  stage: Stage,
  { edits, say, began }: { readonly edits: number; readonly say: (text: string) => void; readonly began: number },
): Promise<DemoReport> => {
  const step = (text: string): void => say(stepText(text))
  const cast = castOf(stage.table)
  const title = cast.table.displayName ?? cast.table.name

  say(heading(`First sync: a relay at ${stage.relay.url}, two devices with empty stores`))
  const firstSync = []
  for (const device of stage.devices) firstSync.push(await syncOf(stage, device.name, step))

  const parts = await partsOf(stage, cast)
  const acts: ActReport[] = []
  for (const [at, strategy] of strategies.entries()) {
    say(heading(`Act ${at + 1}, ${settingOf[strategy]}`))
    if (at > 0) {
      await putBack(stage, cast, parts)
      step('the office puts the four records back as they were')
      await stage.settle(strategy)
      step(`rejoin settings --strategy ${strategy}; the running relay follows`)
    }
    const act = await playAct(stage, cast, parts, strategy, { step })
    say(`\n${happened(act, cast)}\n\n${reasons(act, cast)}`)
    acts.push(act)
  }

  say(heading('Act 4, kill -9 in the middle of an upload'))
  const crash = await playCrash(stage, cast, await recordsFor(stage, cast, parts), edits, step)

  say(heading(`The same four records (${title}) under each setting`))
  say(sideBySide(acts, cast))

  say(heading('Proof'))
  const { relay, proof } = await prove(stage)
  const breaches = [
    ...proof.breaches,
    ...acts
      .filter(({ agreed }) => !agreed)
      .map(({ strategy }) => `the replicas did not agree after the act under ${strategy}`),
    ...(crash.arrived === crash.saved
      ? []
      : [`${crash.saved - crash.arrived} edits of the interrupted upload never arrived`]),
  ]
  const report: DemoReport = {
    ok: breaches.length === 0,
    seconds: (performance.now() - began) / 1000,
    table: cast.table.name,
    rows: relay,
    firstSync,
    acts,
    crash,
    proof: { ...proof, breaches },
  }
  say(proofText(report, cast.table))
  return report
}

const syncOf = async (
  stage: Stage,
  name: string,
  step: (text: string) => void,
): Promise<DemoReport['firstSync'][number]> => {
  const device = stage.devices.find(each => each.name === name)!
  const progress = startProgress(`  ${nameOf(name)}`, { unit: 'rows', ...soon })
  const stop = stage.listen((from, told) => {
    if (from !== name || told.told !== 'progress') return
    progress.of(told.total)
    progress.at(told.done, told.note)
  })
  try {
    const { ms } = await device.ask('firstSync', {})
    const { rows } = await device.ask('content', {})
    step(`${nameOf(name)}: ${rows} rows readable and stored after ${ms} ms`)
    return { device: name, rows, ms }
  } finally {
    stop()
    progress.end()
  }
}

/** Records that both devices hold, one for each scene; first those whose column for words is still empty. */
const partsOf = async (stage: Stage, cast: Cast): Promise<readonly Part[]> => {
  const scenes = scenesOf(cast)
  const rows = readRows(stage.db, cast.table.name).filter(({ fields }) => fields[cast.contested.id] !== undefined)
  const empty = rows.filter(({ fields }) => fields[cast.first.id] === undefined)
  const parts: Part[] = []
  for (const { id } of new Set([...empty, ...rows])) {
    if (parts.length === scenes.length) break
    const before = await heldBy(stage, cast, id)
    if (before === undefined) continue
    const { primaryName, primaryKey } = cast.table
    const name = String((primaryName === undefined ? undefined : before[primaryName]) ?? before[primaryKey])
    parts.push({ scene: scenes[parts.length]!, record: id, name: name.slice(0, 24), before })
  }
  if (parts.length < scenes.length) throw new FaultError([tooFew(cast, parts.length)])
  return parts
}

const tooFew = ({ table, contested }: Cast, found: number): Fault => ({
  code: 'too-few',
  at: `table ${table.name}`,
  message: `the devices hold ${found} records with a value in ${contested.name}, the story needs 4 and some more`,
  fix: 'give a larger file',
})

/** Others than those of the story, for the interrupted upload. */
const recordsFor = async (stage: Stage, cast: Cast, parts: readonly Part[]): Promise<readonly string[]> => {
  const taken = new Set(parts.map(({ record }) => record))
  const found: string[] = []
  for (const { id } of readRows(stage.db, cast.table.name)) {
    if (found.length === 20) break
    if (!taken.has(id) && (await heldBy(stage, cast, id)) !== undefined) found.push(id)
  }
  return found
}

const heldBy = async ({ devices }: Stage, { table }: Cast, record: string): Promise<PlainRow | undefined> => {
  const rows = await Promise.all(devices.map(device => device.ask('row', { table: table.name, record })))
  return rows.every(({ row }) => row !== null) ? rows[0]!.row! : undefined
}

const prove = async (stage: Stage): Promise<{ readonly relay: number; readonly proof: Proof }> => {
  const { relay, devices } = await stage.agree()
  const { db, claims, firstRev } = stage
  const outboxes = await Promise.all(
    stage.devices.map(async device => {
      const { entries } = await device.ask('outbox', {})
      return [device.name, new Set(entries.map(({ edit }) => edit))] as const
    }),
  )
  const { saved, acknowledged } = claims
  const ledger = readLedger(db)
  const head = readHead(db)
  const evidence = {
    saved,
    acknowledged,
    outboxes: new Map(outboxes),
    edits: readEdits(db),
    ledger,
    firstRev,
    head,
    counters: new Map<string, number>(),
  }
  const replicas = [
    { name: 'Relay', rows: relay.rows, fingerprint: relay.content },
    ...devices.map(({ name, rows, content }) => ({ name: nameOf(name), rows, fingerprint: content })),
  ]
  const one = new Set(replicas.map(({ fingerprint }) => fingerprint)).size === 1
  return {
    relay: relay.rows,
    proof: {
      replicas,
      saved: saved.size,
      accounts: accountFor(evidence),
      conflicts: ledger.length,
      revisions: head - firstRev,
      breaches: [...(one ? [] : ['the replicas have different fingerprints']), ...breachesOf(evidence)],
    },
  }
}
