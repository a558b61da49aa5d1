/**
 * One line from vitest's JSON report: `N passed, N failed` and `, N skipped` where some were skipped.
 * A test file that did not load, or a run that left no report or failed beside its tests, counts as one failure.
 *
 *     node .ci/count.mjs <report> <exit code of the run>
 */
import { existsSync, readFileSync } from 'node:fs'

const [path = '', code = '0'] = process.argv.slice(2)
const files = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).testResults : []
const statuses = files.flatMap(file => file.assertionResults.map(test => test.status))
const count = (...wanted) => statuses.filter(status => wanted.includes(status)).length

const passed = count('passed')
const skipped = count('skipped', 'pending', 'todo', 'disabled')
const broken = files.filter(
  file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
)
const seen = count('failed') + broken.length
const failed = seen === 0 && code !== '0' ? 1 : seen

console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
