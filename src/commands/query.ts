import { text } from 'node:stream/consumers'
import { Command, Option } from 'commander'
import { sql } from 'kysely'
import { UsageError } from '../errors.ts'
import { openStore } from '../store/store.ts'
import type { TableDescription } from '../store/tables/table.ts'
import { tables } from '../store/tables.ts'
import { views } from '../store/views.ts'
import { examples } from './examples.ts'
import { ask, sqlMistake } from './query/ask.ts'
import { type Answer, asCsv, asJson, asTable } from './query/format.ts'
import { readingStatement } from './query/statement.ts'
import { databaseFile, resultsOption } from './results-option.ts'

interface Options {
  readonly format: 'table' | 'csv' | 'json'
  readonly limit: string
  readonly results: string
  readonly views?: true
  readonly tables?: true
}

/** Where the command reads and writes; `process` is one. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: NodeJS.WritableStream
}

/** `gauntlet query`: asks the results database in SQL; it cannot change anything. */
export function queryCommand(terminal: Terminal = process): Command {
  return new Command('query')
    .description('ask the results database in SQL, read-only')
    .argument('[sql]', 'one select statement; - reads it from standard input')
    .addOption(
      new Option('--format <format>', 'how to print the rows')
        .choices(['table', 'csv', 'json'])
        .default('table'),
    )
    .option('--limit <rows>', 'print at most this many rows', '1000')
    .option('--views', 'explain the views that are made for reading')
    .option('--tables', 'explain the tables behind them')
    .addOption(resultsOption())
    .addHelpText('after', '\nTables round to six digits; csv and json give every digit.')
    .addHelpText(
      'after',
      examples(
        'gauntlet query "select * from v_runs"',
        'gauntlet query --format csv "select * from v_matched_pairs" > pairs.csv',
      ),
    )
    .action(async (statement: string | undefined, options: Options) => {
      if (options.views) terminal.stdout.write(explain(views))
      else if (options.tables) terminal.stdout.write(explain(Object.values(tables)))
      else await query(statement, options, terminal)
    })
}

async function query(
  given: string | undefined,
  { format, limit, results }: Options,
  { stdin, stdout, stderr }: Terminal,
): Promise<void> {
  if (given === undefined) {
    throw new UsageError(
      'missing SQL: expected one select statement, or --views to see what is there',
    )
  }
  const most = rowLimit(limit)
  const statement = readingStatement(given === '-' ? await text(stdin) : given)
  const store = await openStore(databaseFile(results), { readonly: true })
  const run = async (text: string) => (await sql.raw<Answer['rows'][0]>(text).execute(store)).rows
  const answer = await ask(run, statement, most + 1)
    .catch(error => {
      throw sqlMistake(error, ' (what there is to ask: gauntlet query --views)')
    })
    .finally(() => store.destroy())
  const shown = { columns: answer.columns, rows: answer.rows.slice(0, most) }
  if (format === 'csv') stdout.write(asCsv(shown))
  else if (format === 'json') stdout.write(asJson(shown))
  else stdout.write(asTable(shown, stdout.isTTY ? stdout.columns : undefined))
  if (answer.rows.length > most) {
    stderr.write(`only the first ${most} rows are shown; more with --limit\n`)
  }
}

function rowLimit(limit: string): number {
  if (/^[1-9]\d{0,14}$/u.test(limit)) return Number(limit)
  throw new UsageError(`invalid limit: ${limit}; expected a whole number of at least 1`)
}

/** What tables or views hold, and what their columns mean. */
function explain(described: readonly TableDescription<object>[]): string {
  const pages = described.map(({ name, description, columns }) => {
    const width = Math.max(...Object.keys(columns).map(column => column.length))
    const lines = Object.entries<string>(columns).map(
      ([column, meaning]) => `  ${column.padEnd(width)}  ${meaning}`,
    )
    return `${name}: ${description}\n${lines.join('\n')}\n`
  })
  return pages.join('\n')
}
