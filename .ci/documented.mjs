import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { API } from 'typescript/unstable/sync'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const pkg = join(root, 'packages/client')
const { exports } = JSON.parse(readFileSync(join(pkg, 'package.json'), 'utf8'))
const api = new API({ cwd: root })
const snapshot = api.updateSnapshot({ openProjects: [join(pkg, 'tsconfig.src.json')] })
const project = snapshot.getProject(join(pkg, 'tsconfig.src.json'))
const { checker, program } = project
let n = 0
for (const [path, t] of Object.entries(exports)) {
  const file = program.getSourceFile(join(pkg, t['@rejoin/source']))
  const mod = checker.getSymbolAtLocation(file)
  for (const each of checker.getExportsOfModule(mod)) {
    const s = each.flags & 2097152 ? checker.getAliasedSymbol(each) : each
    const doc = checker.getDocumentationCommentOfSymbol(s)
    const tags = checker.getJsDocTagsOfSymbol(s)
    if (!doc && !tags.length) console.log(path, each.name, 'NO DOC', s.flags)
    const mem = s.getMembers()
    for (const [k, m] of mem) {
      if (
        m.flags & (4 | 8192 | 98304) &&
        !checker.getDocumentationCommentOfSymbol(m) &&
        !checker.getJsDocTagsOfSymbol(m).length
      ) {
        n++
        console.log('   ', path, `${each.name}.${k}`)
      }
    }
  }
}
console.log(n)
api.close()
