import { Command, Option } from 'commander'
import { UsageError } from '../errors.ts'
import { type Asked, gatherReport } from '../report/gather.ts'
import { toHtml } from '../report/html.ts'
import { toMarkdown } from '../report/markdown.ts'
import type { Report } from '../report/report-schema.ts'
import { toDocument } from '../report/to-document.ts'
import { openStore } from '../store/store.ts'
import { writeAtomically } from '../training/write-atomically.ts'
import { examples } from './examples.ts'
import { databaseFile, resultsOption } from './results-option.ts'

interface ReportOptions extends Asked {
  readonly format: 'md' | 'html' | 'json'
  readonly output?: string
  readonly results: string
}

/** `gauntlet report`: the whole answer in one file. */
export function reportCommand(): Command {
  return new Command('report')
    .description('write the whole answer into one file: is it more robust, and is it real?')
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(['md', 'html', 'json'])
        .default('md'),
    )
    .option('--output <file>', 'where to write it (default: standard output)')
    .option('--dataset <name>', 'models of this data set only')
    .option('--architecture <name>', 'models of this architecture only')
    .addOption(resultsOption())
    .addHelpText(
      'after',
      `
Accuracies clean, under white-box and transferred attacks and under the worst of
them; paired differences with intervals; verdicts of the checks; corruptions,
certificates and gradients where they were measured; where it all comes from,
how to do it again, and what is missing. The HTML is one file without scripts,
fit to be mailed.`,
    )
    .addHelpText(
      'after',
      examples(
        'gauntlet report > report.md',
        'gauntlet report --format html --output report.html --dataset mnist',
      ),
    )
    .action((options: ReportOptions) => report(options))
}

async function report({ format, output, results, ...asked }: ReportOptions): Promise<void> {
  const store = await openStore(databaseFile(results), { readonly: true })
  try {
    const found = await gatherReport(store, asked, new Date())
    if (found.sections.length === 0) {
      throw new UsageError(
        'unknown report: there are no models like this (see: gauntlet query "select * from v_runs")',
      )
    }
    const text = written(found, format)
    if (output === undefined) process.stdout.write(text)
    else {
      await writeAtomically(output, Buffer.from(text))
      console.log(`Wrote ${output}.`)
    }
  } finally {
    await store.destroy()
  }
}

function written(found: Report, format: ReportOptions['format']): string {
  if (format === 'json') return `${JSON.stringify(found, null, 2)}\n`
  const blocks = toDocument(found)
  return format === 'html' ? toHtml(blocks, 'Gauntlet report') : toMarkdown(blocks)
}
