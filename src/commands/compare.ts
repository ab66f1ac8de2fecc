import { Command, Option } from 'commander'
import { robustnessOf } from '../../server/robustness/robustness-of.ts'
import { normSchema } from '../../server/schemas/primitives.ts'
import type { Robustness } from '../../server/schemas/robustness.ts'
import { groupBySetting } from '../../server/settings.ts'
import { UsageError } from '../errors.ts'
import { attackChoices } from '../store/queries/choices.ts'
import { models } from '../store/queries/models.ts'
import { openStore, type Store } from '../store/store.ts'
import { comparison, type Rows } from './compare-tables.ts'
import { examples } from './examples.ts'
import { radii } from './option-values.ts'
import { databaseFile, resultsOption } from './results-option.ts'
import { textTable } from './text-table.ts'

interface CompareOptions {
  readonly dataset?: string
  readonly architecture?: string
  readonly norm: Robustness['norm']
  readonly eps?: readonly number[]
  readonly against: string
  readonly format: 'table' | 'markdown' | 'json'
  readonly results: string
}

/** `gauntlet compare`: is one arm more robust than its backprop twin? */
export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'compare matched models, each arm with its twin trained by backprop or another arm',
    )
    .option('--dataset <name>', 'models of this data set only')
    .option('--architecture <name>', 'models of this architecture only')
    .addOption(
      new Option('--norm <norm>', 'how the change is measured')
        .choices(normSchema.options)
        .default('linf'),
    )
    .option('--eps <size...>', 'these radii only', radii)
    .option('--against <arm>', 'compare the other arms with this one', 'bp')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['table', 'markdown', 'json'])
        .default('table'),
    )
    .addOption(resultsOption())
    .addHelpText(
      'after',
      `
Accuracies are means over the seeds ± their standard deviation, in percent.
Differences are of the same seeds on the same examples, in points: with
Student's 95 % interval over seeds (would other trainings differ alike?) and the
95 % interval over examples by a paired bootstrap (do these models differ?).
p: paired t-test over seeds, with one seed McNemar's test, adjusted by Holm for
all comparisons of one data set and architecture. The worst case counts an
example as right if every attack of that size failed on it.`,
    )
    .addHelpText(
      'after',
      examples('gauntlet compare', 'gauntlet compare --dataset mnist --eps 0.1 --format markdown'),
    )
    .action((options: CompareOptions) => compare(options))
}

async function compare(options: CompareOptions): Promise<void> {
  const store = await openStore(databaseFile(options.results), { readonly: true })
  try {
    const answers = await answersTo(store, options)
    if (answers.length === 0) {
      throw new UsageError(
        'unknown comparison: no models matched like this were attacked (see: gauntlet query ' +
          '"select * from v_robust_accuracy")',
      )
    }
    if (options.format === 'json') console.log(JSON.stringify(answers, null, 2))
    else for (const answer of answers) print(answer, options)
  } finally {
    await store.destroy()
  }
}

/** One answer for every setting of models that were attacked in this norm. */
async function answersTo(store: Store, options: CompareOptions): Promise<Robustness[]> {
  const { dataset, architecture, norm } = options
  const attacked = await attackChoices(store)
  const groups = new Map(
    attacked
      .filter(one => one.norm === norm)
      .filter(one => dataset === undefined || one.dataset === dataset)
      .filter(one => architecture === undefined || one.architecture === architecture)
      .map(one => [`${one.dataset} ${one.architecture}`, one]),
  )
  const answers: Robustness[] = []
  for (const { dataset, architecture } of groups.values()) {
    for (const { setting } of groupBySetting(await models(store, dataset, architecture))) {
      const query = { dataset, architecture, norm, setting: setting.id }
      const answer = await robustnessOf(store, query, { bootstrap: true, against: options.against })
      if (radiiIn(answer, options).length > 0) answers.push(answer)
    }
  }
  return answers
}

/** The radii at which there is something to compare. */
function radiiIn({ epsilons, differences }: Robustness, { eps }: CompareOptions): number[] {
  return epsilons.filter(
    epsilon =>
      (eps === undefined || eps.includes(epsilon)) &&
      differences.some(one => one.epsilon === epsilon),
  )
}

function print(answer: Robustness, options: CompareOptions): void {
  for (const epsilon of radiiIn(answer, options)) {
    const { title, accuracies, differences } = comparison(answer, epsilon)
    const [mark, lines] =
      options.format === 'markdown' ? ['### ', markdownTable] : (['', textOf] as const)
    console.log(`\n${mark}${title}\n`)
    for (const table of [accuracies, differences]) console.log(`${lines(table).join('\n')}\n`)
  }
  for (const { kind, series, attack, epsilon, message } of answer.flags) {
    const about = [series, attack, epsilon === null ? null : `ε ${epsilon}`].filter(Boolean)
    console.log(`${[kind, ...about].join(' ')}: ${message}`)
  }
}

const textOf = (rows: Rows) => textTable(rows, column => column > 1)

function markdownTable(rows: Rows): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const [head, ...body] = rows
  return [line(head!), line(head!.map(() => '---')), ...body.map(line)]
}
