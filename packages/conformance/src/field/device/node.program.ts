import { createInterface } from 'node:readline'
import { openRejoin } from '@rejoin/client/node'
import { commands } from '../environment.ts'
import { createDesk } from './desk.ts'
import type { Question } from './question.ts'

/** The process behind `nodePlace`: devices on SQLite files, asked by lines on its standard input. */
const desk = createDesk((path, opened) => openRejoin({ app: 'field', ...opened, path, commands }))

createInterface({ input: process.stdin }).on('line', line => {
  const { n, ...question } = JSON.parse(line) as Question & { readonly n: number }
  void desk(question).then(reply => process.stdout.write(`${JSON.stringify({ n, ...reply })}\n`))
})
process.stdout.write('{"n":0}\n')
