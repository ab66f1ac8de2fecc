import type { RawFile } from '../raw-file.ts'
import { readCsv } from './csv.ts'
import { decodeUtf8, invalidLine, linesOf } from './lines.ts'

/** A text, the number of its class, and the line of the file it begins in, counted from 1. */
export interface LabelledText {
  readonly text: string
  readonly label: number
  readonly line: number
}

/** A way in which a file holds labelled texts. */
export type TextLayout = keyof typeof layouts

type ReadLayout = (file: RawFile, classes: readonly string[]) => readonly LabelledText[]

const layouts = {
  /** CSV: class from 1, title, description; a backslash stands for a line break. */
  'ag-news': (file, classes) =>
    csv(file, 3).map(({ line, fields: [number, title, description] }) => ({
      text: `${title} ${description}`.replaceAll('\\', ' '),
      label: numbered(file.path, line, number!, 1, classes.length),
      line,
    })),
  /** CSV: text, class from 0; a backslash stands for a line break. */
  'text-label': (file, classes) =>
    csv(file, 2).map(({ line, fields: [text, number] }) => ({
      text: text!.replaceAll('\\', ' '),
      label: numbered(file.path, line, number!, 0, classes.length),
      line,
    })),
  /** Latin-1 lines `CLASS:subclass question`. */
  trec: (file, classes) =>
    linesOf(Buffer.from(file.bytes).toString('latin1')).map((content, index) => {
      const line = index + 1
      const [, name, text] = content.match(/^([^\s:]+):\S+\s(.*)$/) ?? []
      if (name === undefined || text === undefined) {
        throw invalidLine(file.path, line, 'expected "CLASS:subclass question"')
      }
      const label = classes.indexOf(name)
      if (label !== -1) return { text, label, line }
      throw invalidLine(file.path, line, `class ${name}, expected ${classes.join(', ')}`)
    }),
  /** UTF-8 lines `NUMBER text`, classes from 0. */
  sst: (file, classes) =>
    linesOf(decodeUtf8(file)).map((content, index) => {
      const line = index + 1
      const space = content.indexOf(' ')
      if (space === -1) throw invalidLine(file.path, line, 'expected "NUMBER text"')
      const label = numbered(file.path, line, content.slice(0, space), 0, classes.length)
      return { text: content.slice(space + 1), label, line }
    }),
} satisfies Record<string, ReadLayout>

/**
 * The labelled texts of a file, in its order.
 *
 * @param classes names of the classes in the order of their labels
 * @throws WorkError naming file and line of the first that is damaged
 */
export function readTexts(
  file: RawFile,
  layout: TextLayout,
  classes: readonly string[],
): readonly LabelledText[] {
  return layouts[layout](file, classes)
}

function csv(file: RawFile, columns: number) {
  const records = readCsv(file.path, decodeUtf8(file))
  const odd = records.find(({ fields }) => fields.length !== columns)
  if (odd === undefined) return records
  throw invalidLine(file.path, odd.line, `${odd.fields.length} columns, expected ${columns}`)
}

function numbered(path: string, line: number, text: string, first: number, classes: number) {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  const label = number - first
  if (label >= 0 && label < classes) return label
  throw invalidLine(path, line, `label ${text}, expected ${first} to ${first + classes - 1}`)
}
