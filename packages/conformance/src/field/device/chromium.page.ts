// Runs in the browser: devices over IndexedDB in a page.
import { openRejoin } from '@rejoin/client'
import { commands } from '../environment.ts'
import { createDesk } from './desk.ts'
import type { Question } from './question.ts'

declare global {
  /** what the suite calls in a page: JSON in, JSON out */
  var fieldDesk: (question: string) => Promise<string>
}

const desk = createDesk((name, opened) => openRejoin({ app: 'field', ...opened, name, commands }))

globalThis.fieldDesk = async question => JSON.stringify(await desk(JSON.parse(question) as Question))
