import { InvalidArgumentError, Option } from 'commander'
import { type Approach, attackSurrogates } from '../../attacks/approach.ts'
import type { AttackOptions } from '../../attacks/create-attack.ts'
import { UsageError } from '../errors.ts'
import { averagesItself } from '../plans/attack-entry.ts'
import { inferenceNoise, inferenceSchema, noiseTitle } from '../plans/inference.ts'
import type { AttackConfig, TrainConfig } from '../plans/job-config.ts'
import { approachTo } from '../plans/model-job.ts'
import type { TrainedModel } from '../store/queries/trained-model.ts'

/** What `gauntlet attack` is told about the model's randomness and its spikes. */
export interface ApproachOptions {
  readonly inferenceNoise?: 'training' | number
  readonly draws?: number
  readonly surrogates?: readonly (typeof attackSurrogates)[number][]
}

/** The options of `gauntlet attack` for models with noise and for models that spike. */
export const approachOptions: readonly Option[] = [
  new Option(
    '--inference-noise <sigma>',
    'keep noise at inference: of this size, or "training", as trained with',
  ).argParser(noise),
  new Option('--draws <passes>', 'with that noise, passes whose mean decides (20)').argParser(
    draws,
  ),
  new Option('--surrogates <name...>', 'of a spiking model, in place of all').choices(
    attackSurrogates,
  ),
]

/** What a job says about the noise of its model; undefined for the plain pass. */
export function inferenceOf(
  model: TrainedModel,
  options: ApproachOptions,
): AttackConfig['inference'] {
  const asked = options.inferenceNoise
  if (asked === undefined) {
    if (options.draws === undefined) return undefined
    throw new UsageError('missing option: --draws needs --inference-noise')
  }
  if (model.kind !== 'train') {
    throw new UsageError(`invalid option: --inference-noise: ${model.id} was not trained here`)
  }
  const { noise: wanted, draws } = inferenceSchema.parse({
    noise: asked === 'training' ? asked : { sigma: asked },
    draws: options.draws,
  })
  const config: TrainConfig = JSON.parse(model.config)
  const noise = inferenceNoise({ noise: wanted }, config)
  if (noise) return { noise, draws }
  throw new UsageError(
    `invalid option: --inference-noise training: ${model.id} (${config.estimator.name}) was ` +
      'trained without noise on its pre-activations, or with a learned one (give its size)',
  )
}

/**
 * How an attack goes about this model.
 *
 * @throws UsageError where the attack would take means on top of those of its victim
 */
export function approachOf(
  model: TrainedModel,
  attack: AttackOptions,
  { surrogates }: ApproachOptions,
  inference: AttackConfig['inference'],
): Approach {
  if (inference && averagesItself(attack)) {
    throw new UsageError(`invalid attack: ${attack.name}: the noise has means of its own`)
  }
  const { architecture }: Partial<TrainConfig> = JSON.parse(model.config)
  return {
    ...(architecture && approachTo(architecture, attack, surrogates)),
    ...(inference && { eot: inferenceSchema.shape.eot.parse(undefined) }),
  }
}

/** What is said beneath the table; undefined for the plain pass. */
export function inferenceRemark(inference: AttackConfig['inference']): string | undefined {
  if (!inference) return undefined
  return `All with ${noiseTitle(inference.noise)} at inference: the mean of ${inference.draws} draws decides.`
}

/** The words of these options, to be typed again. */
export function approachWords(options: ApproachOptions): string[] {
  const { inferenceNoise: noise, draws, surrogates } = options
  return [
    ...(noise === undefined ? [] : ['--inference-noise', `${noise}`]),
    ...(draws === undefined ? [] : ['--draws', `${draws}`]),
    ...(surrogates ? ['--surrogates', ...surrogates] : []),
  ]
}

function noise(text: string): 'training' | number {
  const sigma = Number(text)
  if (text === 'training') return text
  if (text.trim() !== '' && sigma > 0 && sigma <= 100) return sigma
  throw new InvalidArgumentError('It must be "training" or a number above 0 and at most 100.')
}

function draws(text: string): number {
  const result = inferenceSchema.shape.draws.safeParse(Number(text))
  if (result.success) return result.data
  throw new InvalidArgumentError('It must be a whole number from 20 to 10000.')
}
