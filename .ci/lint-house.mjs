/** The two house rules that oxlint has no rule for. */

const noExportAll = {
  create: context => ({
    ExportAllDeclaration: node =>
      context.report({ node, message: 'Name what is exported: `export *` hides what a package promises.' }),
  }),
}

const noClock = {
  create: context => ({
    NewExpression: node => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0)
        context.report({ node, message: 'Time is handed in.' })
    },
  }),
}

export default { meta: { name: 'house' }, rules: { 'no-export-all': noExportAll, 'no-clock': noClock } }
