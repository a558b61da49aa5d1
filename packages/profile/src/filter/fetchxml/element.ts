import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { failed, ok, type Fault, type Result } from '../../fault.ts'

/** An XML element with the way to it, `fetch/entity/filter/condition[2]`, by which faults name it. */
export interface Element {
  readonly name: string
  readonly path: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly Element[]
  /** all text directly inside */
  readonly text: string
}

/** UTF-16 units; 500 conditions with long values stay far below */
export const LONGEST_XML = 1_000_000

/** The root element, or why the text is none. Entities beyond XML's own five and document types are refused. */
export const readXml = (text: string): Result<Element> => {
  if (text.length > LONGEST_XML) return refused(`is longer than ${LONGEST_XML} characters`)
  if (/<!(?!--|\[CDATA\[)/.test(text)) return refused('declares a document type or entities')
  const valid = XMLValidator.validate(text)
  if (valid !== true) return refused(`is no well-formed XML: line ${valid.err.line}: ${valid.err.msg}`)
  const faults: Fault[] = []
  try {
    const nodes = (parser.parse(text) as Node[]).filter(node => nameOf(node) !== '#text')
    const [root] = nodes
    if (root === undefined || nodes.length > 1) return refused('has not exactly one outermost element')
    const element = elementOf(root, nameOf(root), faults)
    return faults.length > 0 ? failed(...faults) : ok(element)
  } catch (error) {
    // the parser throws at nesting and names nobody writes in earnest
    return refused(error instanceof Error ? error.message : 'cannot be read')
  }
}

const refused = (message: string): Result<never> => failed({ code: 'xml', at: 'FetchXML', message })

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: '#cdata',
  // decoded here, in one pass: what an entity stands for is never looked at again
  processEntities: false,
})

/** As the parser gives it in document order: one key is the name, `:@` holds the attributes. */
type Node = Readonly<Record<string, unknown>>

const nameOf = (node: Node): string => Object.keys(node).find(key => key !== ':@') ?? ''

const elementOf = (node: Node, path: string, faults: Fault[]): Element => {
  const name = nameOf(node)
  const inside = node[name] as Node[]
  const attributes = Object.entries((node[':@'] ?? {}) as Record<string, string>)
  const names = inside.map(nameOf)
  const seen = new Map<string, number>()
  const children = inside.flatMap(child => {
    const childName = nameOf(child)
    if (childName.startsWith('#')) return []
    const index = (seen.get(childName) ?? 0) + 1
    seen.set(childName, index)
    const among = names.filter(each => each === childName).length > 1 ? `[${index}]` : ''
    return [elementOf(child, `${path}/${childName}${among}`, faults)]
  })
  const text = inside.map(child => {
    if ('#text' in child) return decoded(String(child['#text']), path, faults)
    const [cdata] = ('#cdata' in child ? child['#cdata'] : []) as Node[]
    return cdata === undefined ? '' : String(cdata['#text'])
  })
  return {
    name,
    path,
    attributes: new Map(attributes.map(([key, value]) => [key, decoded(value, path, faults)])),
    children,
    text: text.join(''),
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const decoded = (text: string, path: string, faults: Fault[]): string =>
  text.replace(/&([^;&]{0,12});?/g, (whole, entity: string) => {
    const code = /^#x[0-9a-f]+$/i.test(entity) ? parseInt(entity.slice(2), 16) : /^#\d+$/.test(entity) ? Number(entity.slice(1)) : undefined // prettier-ignore
    const isCharacter = code !== undefined && code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    const character = isCharacter ? String.fromCodePoint(code) : entities[entity]
    if (character !== undefined && whole.endsWith(';')) return character
    faults.push({ code: 'xml', at: `FetchXML, ${path}`, message: `has the unknown entity ${whole}` })
    return ''
  })
