/**
 * Everything a reviewer would check, in one script that people and CI call alike:
 *
 *     npx pnpm verify                      format, lint, types, tests, packages
 *     npx pnpm verify --without tests      name several with commas
 *
 * A step prints only what is wrong (tests print as they go); the table at the end says what ran.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { undocumented } from './documented.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const published = ['profile', 'client', 'server']

/** Runs a tool of this checkout; what it wrote and whether it was content. */
const run = (tool, args, options = {}) => {
  const command = tool === 'node' || tool === 'npm' ? tool : join(root, 'node_modules/.bin', tool)
  const ended = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options })
  const text = `${ended.stdout ?? ''}${ended.stderr ?? ''}${ended.error === undefined ? '' : String(ended.error)}`
  return { ok: ended.status === 0, text, stdout: ended.stdout ?? '' }
}

/** Problems as lines; none means the step passed. */
const complaints = ended => (ended.ok ? [] : [ended.text.trim()])

const manifest = name => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))

const tests = () => {
  const args = ['run', '--root', '.', '--config', '.ci/vitest.config.ts']
  return run('vitest', args, { stdio: 'inherit' }).ok ? [] : ['see the output above']
}

/** Packages whose whole interface is documented. A step and not a test: it asks the compiler, as `types` does. */
const documented = ['client']

const docs = () => documented.flatMap(name => undocumented(root, name))

/** The platform of a package is what its tsconfig says, not what some dependency brings along. */
const platforms = () => {
  const foreign = { profile: /lib\.(dom|webworker)|@types\/node\//, server: /lib\.(dom|webworker)/ }
  return Object.entries(foreign).flatMap(([name, pattern]) => {
    const listed = run('tsc', ['-p', `packages/${name}/tsconfig.src.json`, '--listFilesOnly'])
    if (!listed.ok) return complaints(listed)
    const found = listed.stdout.split('\n').find(file => pattern.test(file))
    return found === undefined ? [] : [`packages/${name}: its types reach ${found}`]
  })
}

const publint = () =>
  published.flatMap(name => complaints(run('publint', [`packages/${name}`, '--pack', 'npm', '--strict'])))

/** What would be published: no tests, and every file that package.json names. */
const contents = () =>
  published.flatMap(name => {
    const packed = run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: join(root, 'packages', name),
    })
    if (!packed.ok) return complaints(packed)
    const files = JSON.parse(packed.stdout)[0].files.map(file => file.path)
    return files
      .filter(path => /\.(test|contract|fixture)\.|\.tsbuildinfo$/.test(path))
      .map(path => `packages/${name}: ${path} would be published`)
  })

/** Every export, as a program that installed the package meets it: built, without the source condition. */
const resolving = () =>
  published.flatMap(name => {
    const { name: pkg, exports } = manifest(name)
    return Object.entries(exports).flatMap(([path, targets]) => {
      const missing = ['@rejoin/source', 'types', 'default']
        .filter(condition => !existsSync(join(root, 'packages', name, targets[condition] ?? '?')))
        .map(condition => `${pkg} ${path}: ${condition} (${targets[condition]}) does not exist`)
      if (missing.length > 0) return missing
      const specifier = pkg + path.slice(1)
      const script = `await import(${JSON.stringify(specifier)}); process.exit(0)`
      const loaded = run('node', ['--input-type=module', '-e', script], { cwd: join(root, 'packages/conformance') })
      return loaded.ok ? [] : [`${specifier} does not load: ${loaded.text.trim()}`]
    })
  })

const steps = {
  format: () => complaints(run('oxfmt', ['--check'])),
  lint: () => complaints(run('oxlint', ['--deny-warnings'])),
  types: () => complaints(run('tsc', ['-b'])),
  docs,
  platforms,
  tests,
  // These look at what `types` has built.
  publint,
  contents,
  exports: resolving,
}

const { values } = parseArgs({ options: { without: { type: 'string', default: '' } }, allowPositionals: false })
const without = values.without.split(',').filter(name => name !== '')
const unknown = without.filter(name => !(name in steps))
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(', ')}. Steps: ${Object.keys(steps).join(', ')}`)
  process.exit(2)
}

const rows = []
for (const [name, step] of Object.entries(steps)) {
  if (without.includes(name)) {
    rows.push({ name, result: 'left out', seconds: '' })
    continue
  }
  const started = performance.now()
  const problems = step()
  if (problems.length > 0) console.log(`\n--- ${name} ---\n${problems.join('\n')}\n`)
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`
  rows.push({ name, result: problems.length === 0 ? 'passed' : 'FAILED', seconds })
}

const width = Math.max(...rows.map(row => row.name.length))
console.log('')
for (const row of rows) console.log(`  ${row.name.padEnd(width)}  ${row.result.padEnd(8)}  ${row.seconds.padStart(8)}`)
console.log('')
process.exit(rows.some(row => row.result === 'FAILED') ? 1 : 0)
