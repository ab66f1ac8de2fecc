import { type Command, Option } from 'commander'
import type { Norm } from '../../attacks/attack.ts'
import { expectedQueries } from '../../attacks/create-attack.ts'
import { requestedEngine, startEngine } from '../engine/engine.ts'
import { UsageError } from '../errors.ts'
import {
  type CheckedModel,
  type CheckRequest,
  checkJobs,
  checkRequestSchema,
} from '../plans/check-jobs.ts'
import type { DataConfig, ImportConfig } from '../plans/job-config.ts'
import { resultsFolder } from '../runner/results-folder.ts'
import type { NewJob } from '../store/jobs.ts'
import {
  type AlikeModel,
  evaluationIds,
  trainedAlike,
  verdictById,
  whiteBoxEvaluations,
} from '../store/queries/check-evaluations.ts'
import type { TrainedModel } from '../store/queries/trained-model.ts'
import { openStore, type Store } from '../store/store.ts'
import { askedModel, isRun, type ModelOptions, modelCommand } from './asked-model.ts'
import { checkReport } from './check-report.ts'
import { examples } from './examples.ts'
import { executeJobs, listJobs } from './execute-plan.ts'
import { atLeastOne, radii, wholeNumber } from './option-values.ts'

interface CheckCommandOptions extends ModelOptions {
  readonly eps: readonly number[]
  readonly norm: Norm
  readonly n: number
  readonly seed: number
  readonly thorough?: true
}

/** A rough second for so many model calls on one example. */
const callsPerSecond = 5000

/** `gauntlet check`: says whether the robustness of one model is real. */
export function checkCommand(): Command {
  return modelCommand('check')
    .description('say whether the robustness that attacks leave a model is real')
    .requiredOption('--eps <radius...>', 'radii of the ball, pixels from 0 to 1', radii)
    .addOption(
      new Option('--norm <norm>', 'norm of the ball').choices(['linf', 'l2', 'l1']).default('linf'),
    )
    .option('--n <examples>', 'first test examples', atLeastOne, 100)
    .option('--seed <number>', "of the attacks' random numbers", wholeNumber, 0)
    .option('--thorough', 'measure as for a number that is published: hours')
    .addHelpText(
      'after',
      `
The verdict is real, masked (the model hides its gradients, its robust accuracy
is an artefact) or undecided. docs/checks.md explains every check. Models that
were trained alike are attacked too, to be compared with.
What is done is kept: the same command goes on where it stopped.`,
    )
    .addHelpText('after', examples('gauntlet check --model 3f2a --eps 0.1'))
    .action((options: CheckCommandOptions) => check(options))
}

async function check(options: CheckCommandOptions): Promise<void> {
  const engine = await startEngine(requestedEngine(options.engine))
  const store = await openStore(resultsFolder(options.results).database, {
    existing: isRun(options.model),
  })
  try {
    const model = await askedModel(options)
    const request = checkRequestSchema.parse({
      norm: options.norm,
      epsilons: options.eps,
      examples: options.n,
      seed: options.seed,
      preset: options.thorough ? 'thorough' : 'quick',
    })
    const jobs = await jobsFor(store, model, request)
    if (options.dryRun) return listJobs(jobs)
    const planWords = [
      ...['--model', model.id, '--eps', ...options.eps.map(String), '--norm', options.norm],
      ...['--n', `${options.n}`, '--seed', `${options.seed}`],
      ...(options.thorough ? ['--thorough'] : []),
    ]
    const plan = { name: 'check', model: model.id, ...request }
    await executeJobs(
      {
        command: 'check',
        planWords,
        plan,
        jobs,
        datasets: [],
        report: () => printVerdicts(store, jobs),
      },
      engine,
      store,
      options,
    )
  } finally {
    await store.destroy()
  }
}

async function jobsFor(
  store: Store,
  model: TrainedModel,
  request: CheckRequest,
): Promise<NewJob[]> {
  const { data }: { readonly data: DataConfig } = JSON.parse(model.config)
  const alike = await trainedAlike(store, model.id)
  const own = alike.find(({ id }) => id === model.id)
  if (!own) throw new UsageError(`invalid model: ${model.id}: its training diverged`)
  if (JSON.parse(own.shape).length !== 3) {
    throw new UsageError(`invalid model: ${model.id} is no model on images`)
  }
  if (request.examples > data.test) {
    throw new UsageError(
      `invalid option: --n ${request.examples}, ${data.name} has ${data.test} test examples`,
    )
  }
  const known = await evaluationIds(store)
  const compared = await whiteBoxEvaluations(store, model.id)
  const others = alike.filter(({ id }) => id !== model.id)
  const jobs = checkJobs(
    checkedModel(own, model),
    {
      sources: others.filter(other => other.pair_id === own.pair_id).map(one => checkedModel(one)),
      matched: others.map(one => checkedModel(one)),
      known: id => known.has(id),
      headline: (norm, epsilon) =>
        compared.filter(row => row.norm === norm && row.epsilon === epsilon).map(({ id }) => id),
    },
    request,
  )
  // Evaluations that were made before need not be made.
  const asked = new Set(jobs.map(({ id }) => id))
  return jobs.map(job => ({ ...job, needs: job.needs.filter(id => asked.has(id)) }))
}

function checkedModel(row: AlikeModel, origin?: TrainedModel): CheckedModel {
  return {
    id: row.id,
    title: `${row.dataset} ${row.architecture} ${row.arm} seed ${row.seed}`,
    inputShape: JSON.parse(row.shape),
    capabilities: origin && isBlackBox(origin) ? [] : ['lossGradient'],
    cost: (attack, examples) =>
      (examples * (attack ? expectedQueries(attack) : 1)) / callsPerSecond,
    needs: [],
  }
}

/** A model behind an address gives scores alone. */
function isBlackBox({ kind, config }: TrainedModel): boolean {
  return kind === 'import' && (JSON.parse(config) as ImportConfig).source.format === 'http'
}

async function printVerdicts(store: Store, jobs: readonly NewJob[]): Promise<void> {
  for (const { id } of jobs.filter(({ kind }) => kind === 'check')) {
    const verdict = await verdictById(store, id)
    if (verdict) console.log(`\n${checkReport(verdict).join('\n')}`)
  }
}
