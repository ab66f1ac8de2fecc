import { z } from 'zod'
import type { Attack } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import { dualLength } from './hyperplane.ts'
import {
  type LogitDifference,
  likeliestOthers,
  logitDifferences,
  nearestBoundary,
} from './logit-gradients.ts'
import { classOf, type Example, minimalNorm, offer, scores } from './minimal-norm.ts'
import type { Victim } from './victim.ts'

const optionsSchema = z.strictObject({
  name: z.literal('deepfool'),
  norm: z.enum(['linf', 'l2']).default('l2'),
  steps: z.int().min(1).max(100_000).default(50),
  /** Share by which the whole change is lengthened, so that it crosses the boundary. */
  overshoot: z.number().min(0).max(10).default(0.02),
  /** Classes other than the true one that are considered: those likeliest at the clean input. */
  targets: z.int().min(1).default(9),
})

type DeepFoolOptions = z.output<typeof optionsSchema>

/**
 * Least length of a step. Where the box takes most of every step the walk would otherwise halve its
 * way to the boundary for ever and stop in front of it, by a rounding; foolbox adds as much to all.
 */
const leastStep = 1e-4

/** Where an example stands. */
interface Walk {
  readonly example: Example
  readonly targets: readonly number[]
  /** Sum of the changes so far, without the overshoot, `[size]`. */
  readonly total: Float64Array
  point: Float32Array
}

/**
 * DeepFool: steps to the nearest of the linearised boundaries between the true class and the others
 * until the input is misclassified. With `f = z_k − z_y` and `w = ∇f` of the nearest boundary,
 *
 *     r = |f| · w / ‖w‖₂²          L2
 *     r = |f| / ‖w‖₁ · sign(w)     Linf
 *     x' = clip(x + (1 + overshoot) · Σ r)
 *
 * where no `r` is shorter than 1e-4.
 *
 * @see Moosavi-Dezfooli et al., "DeepFool: a simple and accurate method to fool deep neural
 *   networks", 2016
 */
function deepfool(options: DeepFoolOptions, epsilon: number): Attack {
  const { name, norm } = options
  return minimalNorm({ name, norm, epsilon, config: { ...options, epsilon } }, (victim, examples) =>
    walk(options, victim, examples),
  )
}

function walk(options: DeepFoolOptions, victim: Victim, examples: readonly Example[]): void {
  let open = examples.map(
    (example): Walk => ({
      example,
      targets: likeliestOthers(example.logits, example.label, options.targets),
      total: new Float64Array(example.clean.length),
      point: example.clean,
    }),
  )
  for (let step = 0; step < options.steps && open.length > 0; step++) {
    const differences = logitDifferences(
      victim,
      open.map(({ point }) => point),
      open.map(({ example }) => example.label),
      open.map(({ targets }) => targets),
    )
    open = open.filter((state, row) => advance(options, victim, state, differences[row]!))
    if (open.length === 0) break
    const logits = scores(
      victim,
      open.map(({ point }) => point),
    )
    open = open.filter(({ example, point }, row) => {
      example.queries += 1
      const correct = classOf(logits[row]!) === example.label
      if (!correct) offer(example, point, options.norm)
      return correct
    })
  }
}

/** One step; false where no boundary is in sight, as every gradient is zero. */
function advance(
  { norm, overshoot }: DeepFoolOptions,
  victim: Victim,
  state: Walk,
  differences: readonly LogitDifference[],
): boolean {
  const { example, total } = state
  example.queries += differences.length
  const { gradient, distance } = nearestBoundary(differences, norm)
  if (!Number.isFinite(distance)) return false
  const slope = dualLength(gradient, 'l2')
  const length = Math.max(distance, leastStep)
  const [low, high] = victim.bounds
  state.point = example.clean.map((value, at) => {
    const w = gradient[at]!
    total[at]! += length * (norm === 'l2' ? w / slope : Math.sign(w))
    return Math.min(Math.max(value + (1 + overshoot) * total[at]!, low), high)
  })
  return true
}

export const deepfoolKind = {
  name: 'deepfool',
  options: optionsSchema,
  create: deepfool,
  expectedQueries: ({ steps, targets }) => steps * (targets + 1),
} satisfies AttackKind<DeepFoolOptions>
