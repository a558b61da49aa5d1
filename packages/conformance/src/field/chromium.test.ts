import { describe } from 'vitest'
import { chromiumLacking } from '../chromium/chromium.ts'
import { idsProved } from '../statements/title.ts'
import { chromiumPlace } from './device/chromium.ts'
import { playAll } from './playing.fixture.ts'
import { fieldScenarios } from './scenarios.ts'

/** Where it matters on what a device stands: its store, its network, its end. The others by `--device chromium`. */
const part: ReadonlySet<string> = new Set('FS3 FS6 OM6 LW1 LW2 LW12 OB1 OB6 CF3 CF4 ER4 CA3 CA4 SE4'.split(' '))

const scenarios = fieldScenarios.filter(({ title }) => part.has(idsProved(title)[0] ?? ''))
const skipped = chromiumLacking === undefined ? '' : ` (skipped: ${chromiumLacking})`

describe.skipIf(skipped !== '')(`in the field, in Chromium${skipped}`, () => {
  playAll(scenarios, chromiumPlace)
})
