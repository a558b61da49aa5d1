import type { SchemaSource } from '@rejoin/profile'
import type { Rejoin } from '../device/device.ts'
import { inspect, inspectRecord } from './inspect.ts'
import { recordSections, type Section, sectionsOf } from './sections.ts'

/** The opened inspector. Everything is set as text: what records say never becomes part of the page. */
export const drawPanel = async <S extends SchemaSource>(
  root: ShadowRoot,
  panel: HTMLElement,
  rejoin: Rejoin<S>,
): Promise<void> => {
  root.adoptedStyleSheets = [style()]
  const values = element('input', { type: 'checkbox' })
  const record = element('input', { type: 'text', placeholder: 'table/record' })
  const again = element('button', { type: 'button', textContent: 'Refresh' })
  const shown = element('div', {})
  const failed = element('p', {})
  failed.setAttribute('role', 'alert')

  const look = async (): Promise<void> => {
    const asked = { values: values.checked }
    const [table, id] = record.value.trim().split('/')
    const about = table !== undefined && id !== undefined ? recordSections(inspectRecord(rejoin, table, id, asked)) : []
    shown.replaceChildren(...[...about, ...sectionsOf(await inspect(rejoin, asked))].map(drawn))
    failed.textContent = ''
  }
  const refresh = (): void => {
    look().catch((error: unknown) => {
      failed.textContent = error instanceof Error ? error.message : String(error)
    })
  }
  for (const each of [values, record]) each.addEventListener('change', refresh)
  again.addEventListener('click', refresh)
  panel.replaceChildren(label('Show values', values), label('Record', record), again, failed, shown)
  await look()
}

const element = <K extends 'button' | 'div' | 'h2' | 'input' | 'label' | 'p' | 'table' | 'td' | 'th' | 'tr'>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
): HTMLElementTagNameMap[K] => Object.assign(document.createElement(name), properties)

const label = (text: string, of: HTMLElement): HTMLElement => {
  const made = element('label', {})
  made.append(of, ` ${text} `)
  return made
}

const drawn = ({ title, columns, rows }: Section): HTMLElement => {
  const section = element('div', {})
  const table = element('table', {})
  const line = (cells: readonly string[], of: 'td' | 'th'): HTMLElement => {
    const row = element('tr', {})
    row.append(...cells.map(cell => element(of, { textContent: cell })))
    return row
  }
  if (columns.some(name => name !== '')) table.append(line(columns, 'th'))
  table.append(...rows.map(row => line(row, 'td')))
  section.append(
    element('h2', { textContent: title }),
    rows.length === 0 ? element('p', { textContent: 'none' }) : table,
  )
  return section
}

/** As an object, not an element: pages that forbid inline styles allow it. */
const style = (): CSSStyleSheet => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
    :host { font: 13px/1.5 system-ui, sans-serif; color-scheme: light dark }
    h2 { font-size: 14px; margin: 12px 0 4px }
    div { overflow-x: auto }
    table { border-collapse: collapse }
    th, td { text-align: left; vertical-align: top; padding: 1px 12px 1px 0; font: 12px/1.5 ui-monospace, monospace }
    th { opacity: 0.7 }
  `)
  return sheet
}
