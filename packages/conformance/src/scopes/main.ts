import { runHistory } from './run.ts'
const [first = 1, count = 10] = process.argv.slice(2).map(Number)
const verbose = process.argv.includes('-v')
const total: Record<string, number> = {}
let failed = 0
const began = Date.now()
for (let seed = first; seed < first + count; seed++) {
  try {
    const report = await runHistory({ seed, steps: 15, ...(verbose ? { trace: console.log } : {}) })
    for (const [key, value] of Object.entries(report)) total[key] = (total[key] ?? 0) + value
  } catch (error) {
    failed++
    const e = error as Error
    console.log(e.message.slice(0, 2500), e.cause ?? '')
  }
}
console.log(total, failed, `${Date.now() - began} ms`)
