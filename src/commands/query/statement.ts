import { UsageError } from '../../errors.ts'

const token =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|(?<comment>--[^\n]*|\/\*.*?(?:\*\/|$))|./gsu
const reading = ['select', 'with', 'values']
/** What a plan is asked for: SQLite carries out some pragmas while it explains them. */
const explained = /^explain\s+(?:query\s+plan\s+)?/iu

/**
 * The one statement in a text, without comments and without the semicolon at its end.
 *
 * The `sqlite3` package runs the first statement and drops the rest without a word, so the text is
 * taken apart here.
 *
 * @throws UsageError if there is none, more than one, or one that does not begin like a query
 */
export function readingStatement(text: string): string {
  const statements = split(text)
  const statement = statements[0]
  if (statement === undefined) throw new UsageError('missing SQL: expected one select statement')
  if (statements.length > 1) {
    throw new UsageError(`invalid SQL: ${statements.length} statements; expected one`)
  }
  const explaining = statement.replace(explained, '')
  const verb = /^\w+/u.exec(explaining)?.[0] ?? explaining.slice(0, 20)
  if (!reading.includes(verb.toLowerCase())) throw notReading(verb)
  return statement
}

/** The error for a statement that would change something. */
export function notReading(verb: string): UsageError {
  return new UsageError(`invalid SQL: ${verb}; the results are read-only here, expected a select`)
}

function split(text: string): string[] {
  const statements: string[] = []
  let statement = ''
  for (const { 0: piece, groups } of text.matchAll(token)) {
    if (piece === ';') {
      if (statement.trim() !== '') statements.push(statement.trim())
      statement = ''
    } else if (/^['"`]$/u.test(piece)) {
      throw new UsageError(`invalid SQL: a quotation mark is not closed: ${piece}`)
    } else {
      statement += groups?.comment === undefined ? piece : ' '
    }
  }
  if (statement.trim() !== '') statements.push(statement.trim())
  return statements
}
