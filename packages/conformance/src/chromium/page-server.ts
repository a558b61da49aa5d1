import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build, type Plugin } from 'esbuild'

/** A page of its own origin that runs one bundled module. */
export interface PageServer {
  readonly origin: string
  close(): Promise<void>
}

/**
 * `entry`: path of the page's module, bundled from the workspace's sources; `more`: others, by the path they have;
 * `plugins`: what modules are in a browser that are others in Node; `isolated`: from pages of other origins, so that the
 * page's clock is fine (5 us instead of 100).
 */
export async function servePage(
  entry: string,
  more: Readonly<Record<string, string>> = {},
  { plugins = [], isolated = false }: { readonly plugins?: Plugin[]; readonly isolated?: boolean } = {},
): Promise<PageServer> {
  const scripts = new Map<string, string>()
  for (const [path, module] of Object.entries({ '/page.js': entry, ...more }))
    scripts.set(path, await bundled(module, plugins))
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page')
    const script = scripts.get(pathname)
    if (isolated) {
      response.setHeader('cross-origin-opener-policy', 'same-origin')
      response.setHeader('cross-origin-embedder-policy', 'require-corp')
    }
    if (script !== undefined) response.setHeader('content-type', 'text/javascript').end(script)
    else if (pathname === '/') response.setHeader('content-type', 'text/html').end(html)
    else response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close(error => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      }),
  }
}

const bundled = async (module: string, plugins: Plugin[]): Promise<string> => {
  const bundle = await build({
    entryPoints: [module],
    plugins,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    conditions: ['@rejoin/source'],
    sourcemap: 'inline',
    logLevel: 'silent',
  })
  return bundle.outputFiles[0]?.text ?? ''
}

const html = '<!doctype html><meta charset="utf-8"><title>Rejoin</title><script type="module" src="/page.js"></script>'
