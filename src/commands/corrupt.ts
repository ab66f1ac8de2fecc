import { type Command, InvalidArgumentError, Option } from 'commander'
import { type CorruptionName, corruptionNames } from '../evaluation/corruptions/corrupt.ts'
import { type Severity, severities } from '../evaluation/corruptions/corruption.ts'
import { newCorruptJob } from '../plans/corruptions.ts'
import type { ImageModel } from '../plans/image-job.ts'
import { wilson } from '../statistics/wilson.ts'
import { corruptionAccuracies } from '../store/queries/natural.ts'
import type { Store } from '../store/store.ts'
import { corruptionTable } from './corruption-table.ts'
import { examples } from './examples.ts'
import { jobsCommand } from './execute-plan.ts'
import { type JudgeOptions, judgeModel } from './judge-model.ts'
import { atLeastOne, wholeNumber } from './option-values.ts'
import { textTable } from './text-table.ts'

interface CorruptOptions extends JudgeOptions {
  readonly corruption?: CorruptionName[]
  readonly severity: readonly Severity[]
}

/** `gauntlet corrupt`: judges one model on naturally corrupted images. */
export function corruptCommand(): Command {
  return jobsCommand('corrupt')
    .description('judge one model on images with noise, blur, weather and the like')
    .requiredOption('--model <run>', 'a run; for a model of your own see: gauntlet import')
    .option('--n <examples>', 'first test examples', atLeastOne, 1000)
    .addOption(
      new Option('--corruption <kind...>', 'kinds (default: all)').choices(corruptionNames),
    )
    .addOption(
      new Option('--severity <level...>', 'levels, 1 (mild) to 5')
        .argParser(severityList)
        .default(severities, 'all'),
    )
    .option('--seed <number>', "of the corruptions' random numbers", wholeNumber, 0)
    .addHelpText(
      'after',
      `
Kinds and constants are those of CIFAR-10-C, and some more: docs/corruptions.md.
What is done is kept: the same command goes on where it stopped.`,
    )
    .addHelpText(
      'after',
      examples(
        'gauntlet corrupt --model 3f2a',
        'gauntlet corrupt --model 3f2a --corruption fog snow --severity 3',
      ),
    )
    .action((options: CorruptOptions) => corrupt(options))
}

function corrupt(options: CorruptOptions): Promise<void> {
  const { corruption: names, severity, seed, n } = options
  const asked = { severities: [...severity], seed, ...(names && { names }) }
  const words = [
    ...(names ? ['--corruption', ...names] : []),
    ...(severity === severities ? [] : ['--severity', ...severity.map(String)]),
  ]
  const jobFor = (model: ImageModel) => newCorruptJob(model, asked, n, [])
  return judgeModel({ command: 'corrupt', words, jobFor, report: printReport }, options)
}

async function printReport(store: Store, job: string): Promise<void> {
  const cells = await corruptionAccuracies(store, { job })
  const [first] = cells
  if (!first) return
  console.log(`\n${textTable(corruptionTable(cells), column => column > 0).join('\n')}`)
  const clean = wilson(Math.round(first.clean_accuracy * first.n), first.n)
  const widest = Math.max(...cells.map(cell => cell.accuracy_high - cell.accuracy_low)) / 2
  const percent = (share: number) => (100 * share).toFixed(1)
  console.log(
    `\nAccuracy in percent on the first ${first.n} test examples, by severity; as they are:`,
  )
  console.log(
    `${percent(first.clean_accuracy)} [${percent(clean.low)}, ${percent(clean.high)}]. ` +
      `Wilson 95 % intervals are within ±${percent(widest)}; each is in`,
  )
  console.log('v_corruption_accuracy. Means are unweighted, as CIFAR-10-C reports them.')
}

function severityList(text: string, before: readonly Severity[]): readonly Severity[] {
  const level = severities.find(known => String(known) === text)
  if (level) return before === severities ? [level] : [...before, level]
  throw new InvalidArgumentError('It must be 1, 2, 3, 4 or 5.')
}
