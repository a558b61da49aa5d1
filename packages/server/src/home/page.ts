import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { Facts } from './facts.ts'
import { style } from './style.ts'

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** The page for a first look: what is here, who may sign in, who is connected, how to connect a device. */
export const page = (facts: Facts, nonce: string): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Rejoin relay</title>
        <style nonce="${nonce}">
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>Rejoin</h1>
            <p>The relay at <code>${facts.url}</code> is running.</p>
          </header>
          <div class="facts">
            ${fact(number(facts.tables.reduce((sum, { rows }) => sum + rows, 0)), 'records')}
            ${fact(number(facts.head.rev), 'head revision')} ${fact(...conflictWords(facts))}
            ${fact(String(facts.sessions.length), facts.sessions.length === 1 ? 'live session' : 'live sessions')}
            ${fact(facts.refused === 1_000 ? '1,000 +' : number(facts.refused), 'refused or held edits')}
          </div>
          <div class="two">
            <div class="stack">${tables(facts)} ${sessions(facts)}</div>
            <div class="stack">${people(facts)} ${connect(facts)}</div>
          </div>
        </main>
        <script nonce="${nonce}">
          ${raw(script)}
        </script>
      </body>
    </html>`

const number = (value: number): string => value.toLocaleString('en')

const fact = (value: string, label: string): Html => html`<div class="fact"><b>${value}</b><span>${label}</span></div>`

/** As the administrators' documents call it. */
const settings: Readonly<Record<string, readonly [value: string, label: string]>> = {
  clientWins: ['No', 'conflict detection: client wins'],
  serverWins: ['Yes', 'conflict detection: server wins'],
  merge: ['Merge', 'conflicts merge by column'],
  ask: ['Ask', 'conflicts are asked about'],
}

const conflictWords = ({ strategy, strategies }: Facts): readonly [value: string, label: string] => {
  const [value, label] = settings[strategy] ?? [strategy, 'conflict setting']
  const differing = Object.keys(strategies).length
  return [value, differing === 0 ? label : `${label}; ${differing} tables differ`]
}

const tables = ({ tables }: Facts): Html =>
  html`<section>
    <div class="top">
      <h2>Tables</h2>
      <span>${tables.length}</span>
    </div>
    <table>
      <thead>
        <tr>
          <th>Table</th>
          <th class="n">Columns</th>
          <th class="n">Records</th>
        </tr>
      </thead>
      <tbody>
        ${tables.map(
          ({ name, label, columns, rows }) =>
            html`<tr>
              <td>${label}${label === name ? '' : html`<small>${name}</small>`}</td>
              <td class="n">${columns}</td>
              <td class="n">${number(rows)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`

const sessions = ({ sessions }: Facts): Html =>
  html`<section>
    <div class="top">
      <h2>Live sessions</h2>
      <span>reload to refresh</span>
    </div>
    ${
      sessions.length === 0
        ? html`<p>No device is connected.</p>`
        : html`<table>
            <thead>
              <tr>
                <th>User</th>
                <th>App</th>
                <th>Phase</th>
              </tr>
            </thead>
            <tbody>
              ${sessions.map(
                ({ user, app, phase, device }) =>
                  html`<tr>
                    <td>${user}<small>${device}</small></td>
                    <td>${app}</td>
                    <td class="phase">${phase}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
    }
  </section>`

const people = ({ people }: Facts): Html =>
  html`<section>
    <div class="top">
      <h2>Who can sign in</h2>
      <span>development tokens, valid for 12 hours</span>
    </div>
    <div class="scroll">
      <table>
        <tbody>
          ${people.map(
            ({ id, name, roles, reads, writes, token }) =>
              html`<tr>
                <td><bdi>${name}</bdi><small>${id}</small></td>
                <td>
                  ${roles.map(role => html`<span class="role">${role}</span> `)}
                  <small>reads ${reads}, writes ${writes} tables</small>
                </td>
                <td class="n">
                  <button data-token="${token}" aria-label="Copy the token of ${name}">Copy token</button>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`

const connect = ({ url, tables }: Facts): Html => {
  const table = tables.find(({ name }) => name === 'workorder')?.name ?? tables[0]?.name ?? 'table'
  const code = `import { openRejoin } from '@rejoin/client'

const rejoin = await openRejoin({
  url: '${url}',
  token: 'TOKEN', // copy one above
  app: 'my-first-app',
})
await rejoin.firstSync()
const rows = rejoin.table('${table}').query({})
rows.subscribe(found => console.log(found.length))`
  const shell = `curl -H "Authorization: Bearer TOKEN" \\
  ${url}/api/tables/${table}?limit=3`
  return html`<section>
    <div class="top">
      <h2>Connect a device</h2>
      <span>works offline from then on</span>
    </div>
    <pre>${code}</pre>
    <div class="top">
      <h2>Or read online</h2>
      <span>the rights of the user, no cache</span>
    </div>
    <pre>${shell}</pre>
  </section>`
}

const script = `
document.addEventListener('click', async event => {
  const button = event.target.closest('button[data-token]')
  if (!button) return
  const token = button.dataset.token
  try { await navigator.clipboard.writeText(token); button.textContent = 'Copied' }
  catch { window.prompt('The token', token) }
  setTimeout(() => { button.textContent = 'Copy token' }, 1500)
})`
