/**
 * Every export of a package, and every member of the interfaces and classes among them, says something about itself: what
 * is missing, as lines. Asks the compiler, so that it sees what an editor shows on hover, whatever file it was written in.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
// Named unstable: TypeScript 7 is pinned, and moving on shows here at once.
import { API, SymbolFlags } from 'typescript/unstable/sync'

/** Parts of a thing that people read of; not its private ones, which are not in declarations. */
const MEMBER = SymbolFlags.Property | SymbolFlags.Method | SymbolFlags.Accessor

export const undocumented = (root, name) => {
  const at = path => join(root, 'packages', name, path)
  const { name: pkg, exports } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  const api = new API({ cwd: root })
  try {
    const { checker, program } = api
      .updateSnapshot({ openProjects: [at('tsconfig.src.json')] })
      .getProject(at('tsconfig.src.json'))

    const said = symbol => {
      const tags = checker.getJsDocTagsOfSymbol(symbol).map(tag => JSON.stringify(tag))
      return [checker.getDocumentationCommentOfSymbol(symbol), ...tags].join(' ').trim()
    }
    const complaints = (symbol, path) => {
      const text = said(symbol)
      if (text === '') return [`${path} has no docstring`]
      return repeats(text, path) ? [`${path}: its docstring says only its name`] : []
    }
    return Object.entries(exports).flatMap(([entry, targets]) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(at(targets['@rejoin/source'])))
      return checker.getExportsOfModule(module).flatMap(exported => {
        const symbol = exported.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
        const path = `${pkg}${entry.slice(1)}: ${exported.name}`
        const members = [...symbol.getMembers()].filter(([, member]) => member.flags & MEMBER)
        return [
          ...complaints(symbol, path),
          ...members.flatMap(([key, member]) => complaints(member, `${path}.${key}`)),
        ]
      })
    })
  } finally {
    api.close()
  }
}

/** Whether a text has no word that the name it explains has not. */
const repeats = (text, path) => {
  const known = new Set([...words(path.slice(path.indexOf(': ') + 2)), 'a', 'an', 'the', 'of', 'its', 'this', 'is'])
  return words(text).every(word => known.has(word))
}

const words = text =>
  text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? []
