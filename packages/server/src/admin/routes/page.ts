import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** As much of an OpenAPI document as the page shows. */
export interface Described {
  readonly info: { readonly title: string }
  readonly paths?: Readonly<Record<string, unknown>> | undefined
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> | undefined } | undefined
}

interface Operation {
  readonly tags?: readonly string[]
  readonly summary?: string
  readonly description?: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly description?: string }[]
  readonly requestBody?: unknown
  readonly responses?: Readonly<Record<string, { readonly description: string }>>
}

/** The description of the API as one page to read: no script, nothing from elsewhere. */
export const describePage = ({ info, paths = {}, components }: Described): Html => {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
  )
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? ''))]
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <h1>${info.title}</h1>
        <p>
          Send <code>Authorization: Bearer TOKEN</code> of a user with an administrator role. The same as
          <a href="./admin/openapi.json">openapi.json</a>.
        </p>
        ${tags.map(
          tag =>
            html`<h2>${tag}</h2>
              ${operations.filter(({ operation }) => operation.tags?.[0] === tag).map(shown)}`,
        )}
        <h2>Shapes</h2>
        ${Object.entries(components?.schemas ?? {}).map(
          ([name, shape]) =>
            html`<h3 id="${name}">${name}</h3>
              <pre>${JSON.stringify(shape, undefined, 2)}</pre>`,
        )}
      </body>
    </html>`
}

const shown = ({ path, method, operation }: { path: string; method: string; operation: Operation }): Html =>
  html`<h3><code>${method.toUpperCase()} ${path}</code></h3>
    <p>${operation.summary ?? ''} ${operation.description ?? ''}</p>
    <ul>
      ${(operation.parameters ?? []).map(
        ({ name, in: where, description = '' }) => html`<li><code>${name}</code> (${where}) ${description}</li>`,
      )}
      ${operation.requestBody === undefined ? '' : html`<li>body: ${shapeOf(operation.requestBody)}</li>`}
      ${Object.entries(operation.responses ?? {}).map(
        ([status, { description }]) => html`<li>${status}: ${description}</li>`,
      )}
    </ul>`

/** The name of the shape a body has, or its properties. */
const shapeOf = (body: unknown): Html => {
  const [, name] = /#\/components\/schemas\/(\w+)/.exec(JSON.stringify(body)) ?? []
  if (name !== undefined) return html`<a href="#${name}">${name}</a>`
  return html`<code>${JSON.stringify(body)}</code>`
}

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430 }
  h2 { margin-top: 2.5rem; border-bottom: 1px solid #d5dae2; text-transform: capitalize }
  h3 { margin-bottom: 0.2rem; font-size: 1rem }
  p, ul { margin-top: 0.2rem }
  pre { background: #f4f6f9; padding: 0.8rem; overflow: auto }
`
