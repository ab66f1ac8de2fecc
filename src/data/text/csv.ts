import { invalidLine } from './lines.ts'

/** A record of a CSV file and the line it begins in, counted from 1. */
export interface CsvRecord {
  readonly line: number
  readonly fields: readonly string[]
}

/** A whole field: quoted (a doubled quote stands for one) or bare, and what ends it. */
const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y

/**
 * The records of a CSV text: comma-separated, double quotes, no header.
 *
 * @param path the file's name, for messages
 * @throws WorkError naming the line of a field that is quoted wrongly
 * @see RFC 4180
 */
export function readCsv(path: string, text: string): readonly CsvRecord[] {
  const records: CsvRecord[] = []
  let fields: string[] = []
  let line = 1
  let first = 1
  for (let at = 0; at < text.length || fields.length > 0; ) {
    field.lastIndex = at
    const match = field.exec(text)
    if (match === null) throw invalidLine(path, line, 'expected a comma or the end after a field')
    const [whole, quoted, bare, end] = match
    fields.push(quoted === undefined ? bare! : quoted.replaceAll('""', '"'))
    line += whole.split('\n').length - 1
    at += whole.length
    if (end === ',') continue
    records.push({ line: first, fields })
    fields = []
    first = line
  }
  return records
}
