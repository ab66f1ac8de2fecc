import { type Command, Option } from 'commander'
import { z } from 'zod'
import { queriesOf } from '../../attacks/approach.ts'
import { type AttackOptions, attackSchema } from '../../attacks/create-attack.ts'
import { requestedEngine, startEngine } from '../engine/engine.ts'
import { UsageError } from '../errors.ts'
import type { AnyAttackInput } from '../plans/any-attack.ts'
import { underExpectation } from '../plans/attack-entry.ts'
import { attackTitle } from '../plans/attack-title.ts'
import { identifierOf } from '../plans/identifier.ts'
import type { AttackConfig, DataConfig } from '../plans/job-config.ts'
import { resultsFolder } from '../runner/results-folder.ts'
import type { NewJob } from '../store/jobs.ts'
import { attackReport } from '../store/queries/attack-report.ts'
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
import { attackTable } from './attack-table.ts'
import { executeJobs, listJobs } from './execute-plan.ts'
import { atLeastOne, quoted, radii, wholeNumber } from './option-values.ts'
import { textTable } from './text-table.ts'

interface AttackCommandOptions extends ModelOptions, ApproachOptions {
  readonly attack: readonly string[]
  readonly eps: readonly number[]
  readonly norm: string
  readonly n: number
  readonly seed: number
}

/** A rough second for so many model calls on one example. */
const callsPerSecond = 5000

/** `gauntlet attack`: attacks one model, trained here or of other origin. */
export function attackCommand(): Command {
  const command = modelCommand('attack')
  for (const option of approachOptions) command.addOption(option)
  return command
    .description('attack one model and print what is left of its accuracy')
    .requiredOption('--attack <name...>', 'attacks by name, or as JSON with their options')
    .requiredOption('--eps <radius...>', 'radii of the ball, pixels from 0 to 1', radii)
    .addOption(
      new Option('--norm <norm>', 'norm of the ball').choices(['linf', 'l2', 'l1']).default('linf'),
    )
    .option('--n <examples>', 'first test examples', atLeastOne, 1000)
    .option('--seed <number>', "of the attack's random numbers", wholeNumber, 0)
    .addHelpText(
      'after',
      `
Attacks:
${wrapped(attackNames)}

With options: --attack '{"name":"pgd","steps":100,"restarts":10}'.
What is done is kept, batch by batch: the same command goes on where it stopped.`,
    )
    .action((options: AttackCommandOptions) => attack(options))
}

const attackNames = attackSchema.options.map(kind => nameOf(kind)).sort()

/** The literal that tells an attack's schema from the others. */
function nameOf(kind: (typeof attackSchema.options)[number]): string {
  const { shape } = kind instanceof z.ZodPipe ? (kind.in as z.ZodObject) : (kind as z.ZodObject)
  return (shape.name as z.ZodLiteral<string>).value
}

async function attack(options: AttackCommandOptions): Promise<void> {
  const noisy = options.inferenceNoise !== undefined
  const attacks = options.attack.map(text => readAttack(text, options.norm, noisy))
  const engine = await startEngine(requestedEngine(options.engine))
  const store = await openStore(resultsFolder(options.results).database, {
    existing: isRun(options.model),
  })
  try {
    const model = await askedModel(options)
    const inference = inferenceOf(model, options)
    const jobs = attackJobs(model, attacks, inference, options)
    if (options.dryRun) return listJobs(jobs)
    const words = ['--model', model.id, '--attack', ...options.attack.map(quoted)]
    const planWords = [
      ...words,
      ...['--eps', ...options.eps.map(String), '--norm', options.norm],
      ...['--n', `${options.n}`, '--seed', `${options.seed}`],
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

function readAttack(text: string, norm: string, noisy: boolean): AttackOptions {
  let asked: unknown = { name: text, norm }
  if (text.startsWith('{')) {
    try {
      asked = { norm, ...JSON.parse(text) }
    } catch {
      throw new UsageError(`invalid attack: ${text} is not JSON`)
    }
  }
  const result = attackSchema.safeParse(noisy ? underExpectation(asked as AnyAttackInput) : asked)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  const reason =
    path[0] === 'name'
      ? `unknown name (choose ${attackNames.join(', ')})`
      : `${path.join('.')}: ${message}`
  throw new UsageError(`invalid attack: ${text}: ${reason}`)
}

function attackJobs(
  model: TrainedModel,
  attacks: readonly AttackOptions[],
  inference: AttackConfig['inference'],
  options: AttackCommandOptions,
): NewJob[] {
  const { eps, n, seed } = options
  const { data }: { readonly data: DataConfig } = JSON.parse(model.config)
  if (n > data.test) {
    throw new UsageError(`invalid option: --n ${n}, ${data.name} has ${data.test} test examples`)
  }
  const shared = {
    version: 2,
    model: model.id,
    craftedOn: model.id,
    craftedBy: null,
    seed,
    ...(inference && { inference }),
  } as const
  const clean: AttackConfig = { ...shared, attack: null, epsilon: 0, examples: n }
  return [
    job(clean, 'clean', 1),
    ...attacks.flatMap(attack => {
      const approach = approachOf(model, attack, options, inference)
      return eps.map(epsilon => {
        const config: AttackConfig = { ...clean, attack, epsilon, ...approach }
        return job(config, attackTitle(attack, epsilon), queriesOf(attack, approach))
      })
    }),
  ]
}

function job(config: AttackConfig, title: string, queries: number): NewJob {
  return {
    id: identifierOf({ kind: 'attack', config }),
    kind: 'attack',
    config,
    title: `${title} on ${config.model}`,
    cost: (config.examples * queries) / callsPerSecond,
    needs: [],
  }
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
}

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
