import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

export const executablePath = '/usr/bin/chromium'

/** Why tests in a real browser cannot run here; undefined when they can. */
export const chromiumLacking: string | undefined = existsSync(executablePath) ? undefined : `no ${executablePath}`

/** Flags of a browser that asks nobody on the network for anything. */
export const quiet: readonly string[] = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath, args: [...quiet] })
