/** One element of a document, without its place. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * The elements of a small XML document in their order, checking that it is well-formed: elements close
 * as they open, attributes are quoted, and nothing is left unescaped.
 *
 * @throws Error at the first thing that is not
 */
export function elements(text: string): XmlElement[] {
  const found: XmlElement[] = []
  const open: string[] = []
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  if (body === text) throw new Error('no XML declaration')
  const token = /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<>]+)/gy
  let at = 0
  for (const match of body.matchAll(token)) {
    if (match.index !== at) break
    at += match[0].length
    const [, closing, name, attributes, single, words] = match
    if (words !== undefined) {
      if (words.trim() !== '') throw new Error(`text: ${words}`)
    } else if (closing) {
      if (open.pop() !== name) throw new Error(`closes ${name}`)
    } else {
      if (open.length === 0 && found.length > 0) throw new Error('two roots')
      found.push({ name: name!, attributes: attributesOf(attributes!) })
      if (!single) open.push(name!)
    }
  }
  if (at !== body.length || open.length > 0)
    throw new Error(`not well-formed: ${body.slice(at, at + 80)}`)
  return found
}

const entity = /&(?:amp|lt|gt|quot|apos);/g
const characters: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, name, value]) => {
    if (value!.replaceAll(entity, '').includes('&')) throw new Error(`unescaped: ${value}`)
    return [name!, value!.replaceAll(entity, one => characters[one]!)] as const
  })
  return Object.fromEntries(pairs)
}
