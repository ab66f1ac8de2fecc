import { type Command, Option } from 'commander'
import { requestedEngine, startEngine } from '../engine/engine.ts'
import { UsageError } from '../errors.ts'
import { loadOwnAttacks } from '../own-attacks/load-folder.ts'
import { type AnyAttackOptions, attackNames, isImageAttack } from '../plans/any-attack.ts'
import { type Setting, settingSchema } from '../plans/attack-entry.ts'
import { attackTitle } from '../plans/attack-title.ts'
import { identifierOf } from '../plans/identifier.ts'
import type { AttackConfig, DataConfig } from '../plans/job-config.ts'
import { resultsFolder } from '../runner/results-folder.ts'
import type { NewJob } from '../store/jobs.ts'
import { type AttackReportRow, attackReport } from '../store/queries/attack-report.ts'
import type { TrainedModel } from '../store/queries/trained-model.ts'
import { openStore, type Store } from '../store/store.ts'
import { askedModel, isRun, type ModelOptions, modelCommand } from './asked-model.ts'
import {
  type ApproachOptions,
  approachOf,
  approachOptions,
  approachWords,
  inferenceOf,
  inferenceRemark,
} from './attack-approach.ts'
import { type AttackCost, attackCostFor } from './attack-cost-for.ts'
import { attackTable } from './attack-table.ts'
import { examples } from './examples.ts'
import { attacksOption, executeJobs, listJobs } from './execute-plan.ts'
import { atLeastOne, quoted, radii, wholeNumber } from './option-values.ts'
import { readAttack, requireFit } from './read-attack.ts'
import { textTable } from './text-table.ts'

interface AttackCommandOptions extends ModelOptions, ApproachOptions {
  readonly attack: readonly string[]
  readonly eps: readonly number[]
  readonly norm?: string
  readonly setting: Setting
  readonly n?: number
  readonly seed: number
}

/** First test examples that are attacked where nothing else is asked for. */
const usualExamples = 1000

/** `gauntlet attack`: attacks one model, trained here or of other origin. */
export function attackCommand(): Command {
  const command = modelCommand('attack')
  for (const option of approachOptions) command.addOption(option)
  return command
    .description('attack one model and print what is left of its accuracy')
    .requiredOption('--attack <name...>', 'attacks by name, or as JSON with their options')
    .option(...attacksOption)
    .requiredOption('--eps <size...>', 'largest changes, see below', radii)
    .addOption(
      new Option('--norm <norm>', 'on images: norm of the ball (default: linf)').choices([
        ...['linf', 'l2', 'l1'],
      ]),
    )
    .addOption(
      new Option('--setting <setting>', 'on a graph: poisoning trains on it')
        .choices(settingSchema.options)
        .default('evasion'),
    )
    .option('--n <examples>', 'first test examples (default: up to 1000)', atLeastOne)
    .option('--seed <number>', "of the attack's random numbers", wholeNumber, 0)
    .addHelpText(
      'after',
      `
On images, --eps is the radius of the ball, pixels from 0 to 1:
${wrapped(attackNames.images)}

On texts, --eps is the share of a text's words that may change (embedding-*:
the radius of each word's ball, in sizes of the model's word vectors):
${wrapped(attackNames.sequences)}

On a graph, --eps is the share of its edges (feature-flip: of the features'
ones; other feature-*: the largest change of a value; nettack: changes of one
node as a multiple of its degree; it takes one node of --n after the other):
${wrapped(attackNames.graph)}

With --attacks ./my-attacks, every .ts, .js or .mjs file in that folder is an
attack on images, too: docs/attacks.md shows one.

With options: --attack '{"name":"pgd","steps":100,"restarts":10}'.
What is done is kept, batch by batch: the same command goes on where it stopped.`,
    )
    .addHelpText(
      'after',
      examples(
        'gauntlet attack --model 3f2a --attack autoattack --eps 0.1',
        'gauntlet attack --model 3f2a --attack fgsm pgd --norm l2 --eps 0.5 1',
      ),
    )
    .action((options: AttackCommandOptions) => attack(options))
}

async function attack(options: AttackCommandOptions): Promise<void> {
  if (options.attacks) await loadOwnAttacks(options.attacks)
  const noisy = options.inferenceNoise !== undefined
  const attacks = options.attack.map(text => readAttack(text, options.norm, noisy))
  const engine = await startEngine(requestedEngine(options.engine))
  const store = await openStore(resultsFolder(options.results).database, {
    existing: isRun(options.model),
  })
  try {
    const model = await askedModel(options)
    const n = examplesOf(model, options)
    for (const one of attacks) requireFit(one, dataOf(model).name, options.setting)
    const inference = inferenceOf(model, options)
    const cost = await attackCostFor(model, attacks, options.data)
    const jobs = attackJobs(model, attacks, inference, { ...options, n }, cost)
    if (options.dryRun) return listJobs(jobs)
    const words = ['--model', model.id, '--attack', ...options.attack.map(quoted)]
    const planWords = [
      ...words,
      ...['--eps', ...options.eps.map(String)],
      ...(options.norm ? ['--norm', options.norm] : []),
      ...(options.setting === 'poisoning' ? ['--setting', options.setting] : []),
      ...['--n', `${n}`, '--seed', `${options.seed}`],
      ...approachWords(options),
    ]
    const plan = { name: 'attack', model: model.id, attacks, eps: options.eps }
    await executeJobs(
      {
        command: 'attack',
        planWords,
        plan,
        jobs,
        datasets: [],
        report: () => printReport(store, jobs, inferenceRemark(inference)),
      },
      engine,
      store,
      options,
    )
  } finally {
    await store.destroy()
  }
}

const dataOf = ({ config }: TrainedModel): DataConfig => JSON.parse(config).data

/** How many test examples are attacked. */
function examplesOf(model: TrainedModel, { n }: AttackCommandOptions): number {
  const { name, test } = dataOf(model)
  if (n === undefined) return Math.min(usualExamples, test)
  if (n <= test) return n
  throw new UsageError(`invalid option: --n ${n}, ${name} has ${test} test examples`)
}

/** The clean evaluation and every attack at every size; poisoning after the evasion it belongs to. */
function attackJobs(
  model: TrainedModel,
  attacks: readonly AnyAttackOptions[],
  inference: AttackConfig['inference'],
  options: AttackCommandOptions & { readonly n: number },
  cost: AttackCost,
): NewJob[] {
  const { eps, n, seed, setting } = options
  const shared = {
    version: 2,
    model: model.id,
    craftedOn: model.id,
    craftedBy: null,
    seed,
    ...(inference && { inference }),
  } as const
  const clean: AttackConfig = { ...shared, attack: null, epsilon: 0, examples: n }
  const job = (config: AttackConfig, title: string, needs: readonly string[] = []): NewJob => ({
    id: identifierOf({ kind: 'attack', config }),
    kind: 'attack',
    config,
    title: `${title} on ${config.model}`,
    cost: cost(config),
    needs,
  })
  return [
    job(clean, 'clean'),
    ...attacks.flatMap(attack => {
      const approach = isImageAttack(attack) ? approachOf(model, attack, options, inference) : {}
      return eps.flatMap(epsilon => {
        const config: AttackConfig = { ...clean, attack, epsilon, ...approach }
        const title = attackTitle(attack, epsilon)
        const evasion = job(config, title)
        if (setting === 'evasion') return [evasion]
        const poisoned: AttackConfig = { ...config, craftedBy: evasion.id, setting }
        return [evasion, job(poisoned, `${title} poisoning`, [evasion.id])]
      })
    }),
  ]
}

async function printReport(
  store: Store,
  jobs: readonly NewJob[],
  remark: string | undefined,
): Promise<void> {
  const rows = await attackReport(
    store,
    jobs.map(({ id }) => id),
  )
  if (rows.length === 0) return
  console.log(`\n${textTable(attackTable(rows), column => column > 1).join('\n')}`)
  console.log('\nAccuracy in percent with Wilson 95 % interval. A part of an attack is run on what')
  console.log('the parts before it have left; worst case: right under every attack of that radius.')
  if (remark) console.log(remark)
  if (rows.every(({ examples }) => examples.every(isOfImage))) return
  console.log(
    'Skipped: misclassified as it stands. Changed: mean over what was not skipped, of texts',
  )
  console.log('over the successful. Poisoning: a model trained on the changed graph is judged.')
}

const isOfImage = ({ words, changed_edges }: AttackReportRow['examples'][number]) =>
  words === null && changed_edges === null

/** Words as indented lines of at most 80 characters. */
function wrapped(words: readonly string[]): string {
  const lines = ['']
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`
    if (longer.length > 78) lines.push(` ${word}`)
    else lines[lines.length - 1] = longer
  }
  return lines.map(line => ` ${line}`).join('\n')
}
