import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../errors.ts'
import { certificate } from '../evaluation/smoothing/certify.ts'
import type { ImageModel } from '../plans/image-job.ts'
import { newCertifyJob, plannedSmoothingSchema } from '../plans/smoothing.ts'
import { certifiedAccuracies } from '../store/queries/natural.ts'
import type { Store } from '../store/store.ts'
import { examples } from './examples.ts'
import { jobsCommand } from './execute-plan.ts'
import { type JudgeOptions, judgeModel } from './judge-model.ts'
import { atLeastOne, positive, wholeNumber } from './option-values.ts'
import { textTable } from './text-table.ts'

interface CertifyOptions extends JudgeOptions {
  readonly sigma: number
  readonly samples: number
  readonly selection: number
  readonly alpha: number
}

/** `gauntlet certify`: certified accuracy of one model by randomized smoothing. */
export function certifyCommand(): Command {
  return jobsCommand('certify')
    .description('certify one model by randomized smoothing: accuracy within L2 radii')
    .requiredOption('--model <run>', 'a run; for a model of your own see: gauntlet import')
    .requiredOption('--sigma <number>', 'standard deviation of the noise, pixels 0 to 1', positive)
    .option('--n <examples>', 'first test examples', atLeastOne, 100)
    .option('--samples <copies>', 'noisy copies that bound the probability', atLeastOne, 10_000)
    .option('--selection <copies>', 'noisy copies that choose the class', atLeastOne, 100)
    .option('--alpha <share>', 'how often a certificate may be wrong', errorRate, 0.001)
    .option('--seed <number>', "of the noise's random numbers", wholeNumber, 0)
    .addHelpText(
      'after',
      `
The paper takes 100000 samples; a model should have been trained with noise of
the same sigma. What is done is kept: the same command goes on where it stopped.`,
    )
    .addHelpText('after', examples('gauntlet certify --model 3f2a --sigma 0.25'))
    .action((options: CertifyOptions) => certify(options))
}

async function certify(options: CertifyOptions): Promise<void> {
  const { sigma, samples, selection, alpha, seed, n } = options
  const { data: asked, error } = plannedSmoothingSchema.safeParse({
    ...{ sigma, selection, alpha, seed },
    estimation: samples,
  })
  if (!asked) {
    const { path, message } = error.issues[0]!
    throw new UsageError(`invalid ${path.join('.')}: ${message}`)
  }
  const words = [
    ...['--sigma', `${sigma}`, '--samples', `${samples}`],
    ...['--selection', `${selection}`, '--alpha', `${alpha}`],
  ]
  const jobFor = (model: ImageModel) => newCertifyJob(model, asked, n, [])
  await judgeModel({ command: 'certify', words, jobFor, report: printReport }, options)
}

async function printReport(store: Store, job: string): Promise<void> {
  const rows = await certifiedAccuracies(store, { job })
  const [first] = rows
  if (!first) return
  const percent = (share: number) => (100 * share).toFixed(1)
  const table = rows.map(row => [
    row.radius.toFixed(2),
    percent(row.certified_accuracy),
    `[${percent(row.certified_accuracy_low)}, ${percent(row.certified_accuracy_high)}]`,
    `${row.certified}`,
  ])
  const head = ['L2 radius', 'certified', '95 %', 'examples']
  console.log(`\n${textTable([head, ...table], () => true).join('\n')}`)
  const { n, abstained, sigma, selection, estimation, alpha } = first
  const { radius } = certificate(0, estimation, { sigma, estimation, alpha })
  const lines = [
    `Percent of the first ${n} test examples that are right and certified within the`,
    `radius, with Wilson 95 % interval; ${abstained} of them abstained. A certificate is wrong`,
    `with a probability of at most ${alpha}. ${selection} + ${estimation} copies with σ ${sigma} certify`,
    `a radius of ${radius.toFixed(2)} at most.`,
  ]
  console.log(`\n${lines.join('\n')}`)
}

function errorRate(text: string): number {
  const rate = positive(text)
  if (rate < 0.5) return rate
  throw new InvalidArgumentError('It must be below 0.5.')
}
