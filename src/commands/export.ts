import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { messageOf, UsageError, WorkError } from '../errors.ts'
import { type FormatName, formatNames, formats } from '../export/formats.ts'
import type { Where } from '../export/selection.ts'
import { type ExportSource, withSource } from '../export/source.ts'
import { examples } from './examples.ts'
import { databaseFile, resultsOption } from './results-option.ts'

interface Options {
  readonly view: string
  readonly format?: FormatName
  readonly output?: string
  readonly where: Where
  readonly results: string
}

/** `gauntlet export`: the rows of a view or table as a file for other tools. */
export function exportCommand(stdout: NodeJS.WritableStream = process.stdout): Command {
  return new Command('export')
    .description('write a view or table as CSV, JSON, Parquet or NumPy arrays')
    .requiredOption('--view <name>', 'a view or table; gauntlet query --views explains the views')
    .addOption(
      new Option('--format <format>', 'else the ending of the file, else csv').choices(formatNames),
    )
    .option('--output <file>', 'file to write; csv and json go to standard output without')
    .option('--where <column=value>', 'only rows with this value; may be repeated', condition, [])
    .addOption(resultsOption())
    .addHelpText(
      'after',
      `
An empty value asks for null: --where inference=
An npz holds one array a column, where null is NaN or an empty text.`,
    )
    .addHelpText(
      'after',
      examples(
        'gauntlet export --view v_runs > runs.csv',
        'gauntlet export --view v_runs --where arm=lr-logit --output lr.parquet',
      ),
    )
    .action((options: Options) => exportRows(options, stdout))
}

async function exportRows(
  { view, where, output, results, ...options }: Options,
  stdout: NodeJS.WritableStream,
): Promise<void> {
  const format = options.format ?? formatOf(output)
  if (output === undefined && (format === 'parquet' || format === 'npz')) {
    throw new UsageError(`missing --output: ${format} is no text, it needs a file`)
  }
  const encoded = (source: ExportSource) => Readable.from(formats[format].encode(source))
  await withSource(databaseFile(results), { view, where }, async source => {
    if (output === undefined) {
      await pipeline(encoded(source), stdout, { end: false })
    } else {
      await writeFile(output, encoded(source))
      console.log(`wrote ${output}: ${source.count} rows, ${source.columns.length} columns`)
    }
  })
}

/** The file appears whole or not at all. */
async function writeFile(file: string, content: Readable): Promise<void> {
  const temporary = `${file}.${process.pid}.part`
  try {
    await pipeline(content, createWriteStream(temporary))
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    if (error instanceof UsageError || error instanceof WorkError) throw error
    throw new WorkError(`cannot write ${file}: ${messageOf(error)}`)
  }
}

function formatOf(output: string | undefined): FormatName {
  if (output === undefined) return 'csv'
  const format = formatNames.find(name => extname(output) === `.${name}`)
  if (format) return format
  throw new UsageError(`unknown format: ${output} (add --format ${formatNames.join('|')})`)
}

function condition(text: string, before: Where): Where {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It must be column=value.')
  return [...before, [text.slice(0, at), text.slice(at + 1)]]
}
