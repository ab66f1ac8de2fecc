import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import type { Attack } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import type { AttackRandom } from './attack-random.ts'
import { boundaryDirections } from './boundary-direction.ts'
import {
  type Decisions,
  decisionsOf,
  distanceBetween,
  misclassified,
  moved,
  type Points,
} from './decisions.ts'

const optionsSchema = z.strictObject({
  name: z.literal('hop-skip-jump'),
  norm: z.enum(['linf', 'l2']).default('linf'),
  steps: z.int().min(1).max(10_000).default(50),
  /** Noisy decisions behind the first direction; step t takes √t times as many … */
  initialEvaluations: z.int().min(2).max(100_000).default(100),
  /** … up to this. */
  maximalEvaluations: z.int().min(2).max(1_000_000).default(10_000),
  /** Inputs tried in search of a misclassified one to start from. */
  startTrials: z.int().min(1).max(100_000).default(100),
})

type HopSkipJumpOptions = z.output<typeof optionsSchema>

type Settings = HopSkipJumpOptions & { readonly epsilon: number }

/**
 * HopSkipJump: walks along the decision boundary towards the clean input; only the predicted class
 * is used. A step estimates from the decisions on small noise which way leads off the correct class,
 * jumps that way, and comes back to the boundary by bisection towards the clean input.
 *
 * It looks for the smallest change: an example leaves once it lies within epsilon, or after the last
 * step with the nearest point found; one that lies farther off is given back clean. A start is
 * sought among the negative, the black and the white image and then uniform noise.
 *
 * @see Chen et al., "HopSkipJumpAttack: a query-efficient decision-based attack", 2020
 */
function hopSkipJump(options: HopSkipJumpOptions, epsilon: number): Attack {
  const settings = { ...options, epsilon }
  return {
    name: 'hop-skip-jump',
    norm: options.norm,
    epsilon,
    config: settings,
    requires: [],
    run(victim, x, labels, random) {
      const decisions = decisionsOf(victim, x, labels)
      const adversarial = decisions.clean.slice()
      for (const [row, point] of walk(settings, decisions, random)) {
        if (distanceBetween(point, decisions.cleanOf(row), options.norm) <= epsilon) {
          adversarial.set(point, row * decisions.size)
        }
      }
      return { adversarial: tf.tensor(adversarial, x.shape), queries: decisions.queries }
    },
  }
}

/** The nearest misclassified point found for every row that has one. */
function walk(settings: Settings, decisions: Decisions, random: AttackRandom): Points {
  const { norm, epsilon } = settings
  const distanceOf = (row: number, point: Float32Array) =>
    distanceBetween(point, decisions.cleanOf(row), norm)
  const starts = startPoints(settings, decisions, random)
  const nearest = toBoundary(settings, decisions, starts)
  let here = new Map(nearest)
  let lengths = new Map(
    [...here.keys()].map(row => [row, 0.1 * (decisions.bounds[1] - decisions.bounds[0])]),
  )
  for (let step = 1; step <= settings.steps; step++) {
    for (const [row, point] of nearest) {
      if (Number.isFinite(epsilon) && distanceOf(row, point) <= epsilon) here.delete(row)
    }
    if (here.size === 0) break
    const jumped = jump(settings, decisions, random, here, lengths, step)
    lengths = new Map(
      [...jumped].map(([row, point]) => [row, noiseLength(decisions.size, distanceOf(row, point))]),
    )
    here = toBoundary(settings, decisions, jumped)
    for (const [row, point] of here) {
      if (distanceOf(row, point) < distanceOf(row, nearest.get(row)!)) nearest.set(row, point)
    }
  }
  return nearest
}

/** Noise this long tells the sides of the boundary apart; float32 must still resolve it. */
function noiseLength(size: number, distance: number): number {
  return Math.max(distance / size, 1e-5 * Math.sqrt(size))
}

/** A misclassified point for every row that is classified correctly, where one is found. */
function startPoints(
  { startTrials }: Settings,
  decisions: Decisions,
  random: AttackRandom,
): Map<number, Float32Array> {
  const { rows, size, clean } = decisions
  const [low, high] = decisions.bounds
  const asIs = decisions.ask(clean, rows)
  const found = new Map<number, Float32Array>()
  let missing = rows.filter(row => !asIs[row])
  for (let trial = 0; trial < startTrials && missing.length > 0; trial++) {
    const noise = trial < 3 ? undefined : random.rows(missing).uniforms('start', trial, size)
    const candidate = (row: number, at: number) => {
      const own = decisions.cleanOf(row)
      if (noise) return noise.slice(at * size, (at + 1) * size).map(u => low + (high - low) * u)
      return own.map(value => [low + high - value, low, high][trial]!)
    }
    const candidates = new Map(missing.map((row, at) => [row, candidate(row, at)]))
    for (const [row, point] of misclassified(decisions, candidates)) found.set(row, point)
    missing = missing.filter(row => !found.has(row))
  }
  return found
}

/** Halvings until what is left of the way to the clean input is `d^-1.5` (L2) or `d^-2` (Linf). */
function halvingsFor(norm: Settings['norm'], size: number): number {
  const exponent = norm === 'l2' ? 1.5 : 2
  // Beyond 20 halvings float32 sees no difference.
  return Math.min(20, Math.max(1, Math.ceil(exponent * Math.log2(size))))
}

/** Moves misclassified points towards the clean inputs as far as they stay misclassified. */
function toBoundary(
  { norm }: Settings,
  decisions: Decisions,
  points: Points,
): Map<number, Float32Array> {
  const nearest = new Map(points)
  const spans = new Map([...points.keys()].map(row => [row, { low: 0, high: 1 }]))
  for (let halving = halvingsFor(norm, decisions.size); halving > 0; halving--) {
    const middles = new Map(
      [...points].map(([row, point]) => {
        const { low, high } = spans.get(row)!
        return [row, between(norm, decisions.cleanOf(row), point, (low + high) / 2)]
      }),
    )
    const wrong = misclassified(decisions, middles)
    for (const [row, span] of spans) {
      const middle = (span.low + span.high) / 2
      const point = wrong.get(row)
      if (point) {
        nearest.set(row, point)
        span.high = middle
      } else span.low = middle
    }
  }
  return nearest
}

/** The point at this share of the way: on the line (L2), or cut to a smaller cube (Linf). */
function between(
  norm: Settings['norm'],
  clean: Float32Array,
  point: Float32Array,
  share: number,
): Float32Array {
  if (norm === 'l2') return clean.map((value, at) => value + share * (point[at]! - value))
  const radius = share * distanceBetween(point, clean, norm)
  return clean.map((value, at) => Math.min(Math.max(point[at]!, value - radius), value + radius))
}

const maximalHalvings = 30

/** A jump away from the correct class, halved until it ends where the victim errs. */
function jump(
  settings: Settings,
  decisions: Decisions,
  random: AttackRandom,
  points: Points,
  lengths: ReadonlyMap<number, number>,
  step: number,
): Map<number, Float32Array> {
  const { norm } = settings
  const evaluations = evaluationsAt(settings, step)
  const request = { norm, decisions, random, round: step, evaluations, lengths }
  const directions = boundaryDirections(request, points)
  const landed = new Map(points)
  let pending = [...points.keys()]
  for (let halving = 0; halving < maximalHalvings && pending.length > 0; halving++) {
    const candidates = new Map(
      pending.map(row => {
        const point = points.get(row)!
        const distance = distanceBetween(point, decisions.cleanOf(row), norm)
        const length = distance / Math.sqrt(step) / 2 ** halving
        return [row, moved(point, directions.get(row)!, length, decisions.bounds)]
      }),
    )
    const found = misclassified(decisions, candidates)
    for (const [row, point] of found) landed.set(row, point)
    pending = pending.filter(row => !found.has(row))
  }
  return landed
}

function evaluationsAt(
  { initialEvaluations, maximalEvaluations }: HopSkipJumpOptions,
  step: number,
): number {
  return Math.min(Math.round(initialEvaluations * Math.sqrt(step)), maximalEvaluations)
}

/** Start, bisection and jump of a step beside its noisy decisions, about. */
const overhead = 20

export const hopSkipJumpKind = {
  name: 'hop-skip-jump',
  options: optionsSchema,
  create: hopSkipJump,
  expectedQueries: options =>
    Array.from({ length: options.steps }, (_, at) => evaluationsAt(options, at + 1)).reduce(
      (sum, evaluations) => sum + evaluations + overhead,
      overhead,
    ),
} satisfies AttackKind<HopSkipJumpOptions>
