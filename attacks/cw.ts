import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import type { Attack } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import { type Descent, gathered, replaced, startDescent, stepped } from './cw-descent.ts'
import { type Example, minimalNorm, offer, split } from './minimal-norm.ts'
import type { Victim } from './victim.ts'

const optionsSchema = z.strictObject({
  name: z.literal('cw'),
  norm: z.literal('l2').default('l2'),
  /** Values of c that are tried, one after the other. */
  searches: z.int().min(1).max(100).default(9),
  /** Adam steps at one value of c. */
  steps: z.int().min(1).max(100_000).default(1000),
  learningRate: z.number().positive().default(0.01),
  /** The first value of c, the weight of the classification against the distance. */
  initialWeight: z.number().positive().default(1e-3),
  /** Margin by which another class must be ahead of the true one. */
  confidence: z.number().min(0).default(0),
  /** Whether a search ends for an example whose objective has stopped falling. */
  abortEarly: z.boolean().default(true),
})

type CwOptions = z.output<typeof optionsSchema>

/** A search goes on while its objective falls by this share in a tenth of the steps. */
const enoughProgress = 1e-4

/** The weight of the classification of one example: a search for the smallest that succeeds. */
interface Weight {
  readonly example: Example
  current: number
  lower: number
  upper: number
}

/**
 * Carlini and Wagner's L2 attack: Adam on a variable whose tanh is the input, so that it stays in
 * the box, with a binary search for the weight c of the classification,
 *
 *     min  ‖x' − x‖₂² + c · max(0, z_y − max_{k≠y} z_k + confidence)
 *
 * @see Carlini and Wagner, "Towards evaluating the robustness of neural networks", 2017
 */
function cw(options: CwOptions, epsilon: number): Attack {
  const { name, norm } = options
  const description = { name, norm, epsilon, config: { ...options, epsilon } }
  return minimalNorm(description, (victim, examples, goal) => {
    let open = examples.map(
      (example): Weight => ({
        example,
        current: options.initialWeight,
        lower: 0,
        upper: Number.POSITIVE_INFINITY,
      }),
    )
    for (let search = 0; search < options.searches && open.length > 0; search++) {
      const succeeded = descend(options, victim, open)
      for (const weight of open) narrow(weight, succeeded.has(weight))
      open = open.filter(({ example }) => example.distance > goal)
    }
  })
}

/** The next weight: ten times the last while none has succeeded, then the middle. */
function narrow(weight: Weight, succeeded: boolean): void {
  if (succeeded) weight.upper = weight.current
  else weight.lower = weight.current
  weight.current = Number.isFinite(weight.upper)
    ? (weight.lower + weight.upper) / 2
    : 10 * weight.current
}

/** Optimises every example at its current weight; says for which that gave an adversarial one. */
function descend(options: CwOptions, victim: Victim, weights: readonly Weight[]): Set<Weight> {
  const succeeded = new Set<Weight>()
  const stretch = Math.ceil(options.steps / 10)
  let open = weights
  let objectives = open.map(() => Number.POSITIVE_INFINITY)
  let state = startDescent(
    victim,
    open.map(({ example }) => example),
    open.map(({ current }) => current),
  )
  for (let step = 1; open.length > 0; step++) {
    state = replaced(state, before => stepped(options, victim, before, step))
    const isLast = step === options.steps
    if (!isLast && step % stretch !== 0) continue
    const now = state.objective.dataSync()
    const isDone = (at: number) =>
      isLast || (options.abortEarly && now[at]! > (1 - enoughProgress) * objectives[at]!)
    const done = [...open.keys()].filter(isDone)
    const stays = [...open.keys()].filter(at => !isDone(at))
    if (done.length > 0) {
      for (const at of keepNearest(state, open, done, step)) succeeded.add(open[at]!)
      if (stays.length > 0) state = replaced(state, before => gathered(before, stays))
    }
    open = stays.map(at => open[at]!)
    objectives = stays.map(at => now[at]!)
  }
  tf.dispose(Object.values(state))
  return succeeded
}

/** Offers what was found for the examples that are done; says for which there was anything. */
function keepNearest(
  state: Descent,
  open: readonly Weight[],
  done: readonly number[],
  steps: number,
): number[] {
  const squares = state.nearestSquared.dataSync()
  const points = split(state.nearest.dataSync() as Float32Array, open.length)
  return done.filter(at => {
    const { example } = open[at]!
    example.queries += steps
    if (!Number.isFinite(squares[at]!)) return false
    offer(example, points[at]!.slice(), 'l2')
    return true
  })
}

export const cwKind = {
  name: 'cw',
  options: optionsSchema,
  create: cw,
  expectedQueries: ({ searches, steps }) => searches * steps,
} satisfies AttackKind<CwOptions>
