/** A piece of HTML that may be put into another as it is. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Value = Markup | string | number | readonly (Markup | string)[]

/** HTML from a template: what is put in is escaped, for text and attributes, unless it is markup. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(String.raw({ raw: parts }, ...values.map(escaped)))
}

function escaped(value: Value): string {
  if (value instanceof Markup) return value.text
  if (typeof value === 'object') return value.map(escaped).join('')
  return String(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
