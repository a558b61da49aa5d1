/** Where a command prints: results to `out`, progress and failures to `err`. */
export interface Terminal {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** whether progress may redraw its line */
  readonly interactive: boolean
}

// `rejoin inspect | head`: who reads has had enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

export const processTerminal: Terminal = {
  out: line => void process.stdout.write(`${line}\n`),
  err: line => void process.stderr.write(`${line}\n`),
  interactive: process.stderr.isTTY === true,
}

/** Lines of cells, padded to columns; numbers to the right. */
export const aligned = (rows: readonly (readonly (string | number)[])[]): string[] => {
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, index) => Math.max(found[index] ?? 0, String(cell).length)),
    [],
  )
  return rows.map(row =>
    row
      .map((cell, index) =>
        typeof cell === 'number' ? String(cell).padStart(widths[index]!) : cell.padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd(),
  )
}
