import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import { type ApgdRun, type ApgdStart, runApgd } from './apgd-run.ts'
import { type Attack, normSchema } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import type { AttackRandom } from './attack-random.ts'
import { cleanFirst } from './clean-first.ts'
import { largestOne, project, steepest } from './geometry.ts'
import type { LossName } from './losses.ts'
import { type Observer, observeRun } from './observer.ts'
import type { OpenRows, Run } from './open-rows.ts'
import type { Victim } from './victim.ts'

const fields = {
  norm: normSchema,
  steps: z.int().min(1).max(100_000).default(100),
  /** Calls over which loss, gradient and logits are averaged: 20 for a victim with noise. */
  eotIterations: z.int().min(1).max(10_000).default(1),
  rho: z.number().min(0).max(1).default(0.75),
  randomStart: z.boolean().default(true),
  iterate: z.enum(['best-so-far', 'highest-loss']).default('best-so-far'),
}

const restarts = z.int().min(1).max(1000)

const ceSchema = z
  .strictObject({ name: z.literal('apgd-ce'), ...fields, restarts: restarts.optional() })
  .transform(options => ({
    ...options,
    restarts: options.restarts ?? (options.norm === 'l1' ? 5 : 1),
  }))

const dlrSchema = z.strictObject({
  name: z.literal('apgd-dlr'),
  ...fields,
  restarts: restarts.default(1),
})

const targetedSchema = z
  .strictObject({
    name: z.literal('apgd-t'),
    ...fields,
    restarts: restarts.default(1),
    /** Classes aimed at, one after another in the order of the clean logits. */
    targets: z.int().min(1).max(100_000).optional(),
  })
  .transform(options => ({
    ...options,
    targets: options.targets ?? (options.norm === 'l1' ? 5 : 9),
  }))

type ApgdOptions =
  | z.output<typeof ceSchema>
  | z.output<typeof dlrSchema>
  | z.output<typeof targetedSchema>

/** Options, the radius of the ball and the loss that they stand for. */
type Settings = Omit<ApgdRun, 'epsilon' | 'steps'> & {
  readonly randomStart: boolean
  readonly stages: readonly Stage[]
}

/** A part of a run in L1, which starts in a larger ball. */
interface Stage {
  readonly epsilon: number
  readonly steps: number
}

/**
 * Auto-PGD: projected gradient steps with momentum whose length adapts to how the loss rises, from
 * a random point of the sphere. Examples that are misclassified as they are stay as they are, unless
 * the highest loss is asked for. One that withstands comes back as the point with the highest loss.
 *
 * The targeted form aims at one class after another, those that the clean logits rank highest.
 *
 * @see Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse
 * parameter-free attacks", 2020; L1: "Mind the box", 2021
 */
function apgd(options: ApgdOptions, epsilon: number): Attack {
  const loss: LossName = options.name === 'apgd-ce' ? 'ce' : 'dlr'
  const stages =
    options.norm === 'l1' ? shrinking(options.steps, epsilon) : [{ ...options, epsilon }]
  const settings = { ...options, loss, stages }
  return {
    name: options.name,
    norm: options.norm,
    epsilon,
    config: { ...options, epsilon },
    requires: ['lossGradient'],
    run(victim, x, labels, random, observer) {
      const rounds = {
        restarts: options.restarts,
        targets: 'targets' in options ? options.targets : 0,
        calls: options.eotIterations,
        sparesWrong: options.iterate === 'best-so-far',
      }
      const runs = Math.max(Math.min(rounds.targets, victim.classes - 1), 1) * rounds.restarts
      return cleanFirst(victim, x, labels, random, rounds, (open, round, targets) => {
        const own = observer?.rows(open.rows)
        return runStages(settings, victim, open, { run: round, runs }, targets, own)
      })
    },
  }
}

/** In L1 the radius is threefold, then twofold for .3 of the steps each: it helps to find a way. */
function shrinking(steps: number, epsilon: number): Stage[] {
  if (steps < 3) return [{ epsilon, steps }]
  const early = Math.ceil(0.3 * steps)
  return [
    { epsilon: 3 * epsilon, steps: early },
    { epsilon: 2 * epsilon, steps: early },
    { epsilon, steps: steps - 2 * early },
  ]
}

/**
 * One run, in L1 through its shrinking balls: each starts at the best point of the one before, and what
 * is seen in the last one counts.
 */
function runStages(
  settings: Settings,
  victim: Victim,
  open: OpenRows,
  round: { readonly run: number; readonly runs: number },
  targets: readonly number[] | undefined,
  observer: Observer | undefined,
): Run {
  const { norm, loss, randomStart, stages } = settings
  const { x: center, labels } = open
  const last = stages.length - 1
  let from = randomStart
    ? startOnSphere(center, norm, stages[0]!.epsilon, open.random, round.run)
    : tf.clone(center)
  const queries = new Float32Array(center.shape[0]!)
  let run: Run | undefined
  stages.forEach((stage, at) => {
    const start: ApgdStart = tidied(() => ({
      x: project(from, center, norm, stage.epsilon, victim.bounds),
      center: tf.clone(center),
      labels: tf.clone(labels),
      ...(targets && { targets: tf.tensor1d([...targets], 'int32') }),
    }))
    from.dispose()
    const iterate = at === last ? settings.iterate : 'highest-loss'
    const observe = observeRun(observer, { ...round, loss, length: stage.steps + 1 })
    const own = { ...settings, ...stage, iterate }
    run = runApgd(own, victim, start, at === last ? observe : undefined)
    run.queries.forEach((spent, row) => {
      queries[row]! += spent
    })
    from = tf.tensor(run.adversarial, center.shape)
  })
  from.dispose()
  return { ...run!, queries }
}

/** Uniform coordinates (Linf) or normal ones (L2) on the sphere; in L1 normal, to be projected. */
function startOnSphere(
  center: tf.Tensor,
  norm: ApgdRun['norm'],
  epsilon: number,
  random: AttackRandom,
  round: number,
): tf.Tensor {
  const { shape } = center
  const size = center.size / shape[0]!
  const draw = norm === 'linf' ? 'uniforms' : 'normals'
  const values = random[draw]('start', round, size)
  return tf.tidy(() => {
    const drawn = tf.tensor(values, shape)
    const change = {
      linf: () => tf.mul(largestOne(tf.sub(drawn, 0.5)), epsilon),
      l2: () => tf.mul(steepest(drawn, 'l2'), epsilon),
      l1: () => drawn,
    }[norm]()
    return tf.add(center, change)
  })
}

const expectedQueries = (options: ApgdOptions) =>
  options.steps *
  options.eotIterations *
  options.restarts *
  ('targets' in options ? options.targets : 1)

export const apgdCeKind = {
  name: 'apgd-ce',
  options: ceSchema,
  create: apgd,
  expectedQueries,
} satisfies AttackKind<z.output<typeof ceSchema>>

export const apgdDlrKind = {
  name: 'apgd-dlr',
  options: dlrSchema,
  create: apgd,
  expectedQueries,
} satisfies AttackKind<z.output<typeof dlrSchema>>

/** The targeted form, on the targeted difference of logits ratio. */
export const apgdTKind = {
  name: 'apgd-t',
  options: targetedSchema,
  create: apgd,
  expectedQueries,
} satisfies AttackKind<z.output<typeof targetedSchema>>
