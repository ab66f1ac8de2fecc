import { z } from 'zod'
import { type Attack, normSchema } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import { toHyperplane } from './hyperplane.ts'
import {
  type LogitDifference,
  likeliestOthers,
  logitDifferences,
  nearestBoundary,
} from './logit-gradients.ts'
import { classOf, type Example, lengthOf, minimalNorm, offer, scores } from './minimal-norm.ts'
import type { Victim } from './victim.ts'

const sharedOptions = {
  norm: normSchema,
  iterations: z.int().min(1).max(100_000).default(100),
  /** Runs for each example and target; the first starts at the clean input, others near it. */
  restarts: z.int().min(1).max(1000).default(1),
  /** Greatest share of the way towards the boundary's point that is nearest to the clean input. */
  alphaMax: z.number().min(0).max(1).default(0.1),
  /** How far a projection is overshot. */
  eta: z.number().min(1).max(10).default(1.05),
  /** What is left of the change of an adversarial iterate, to approach the boundary again. */
  beta: z.number().min(0).max(1).default(0.9),
}

const fabSchema = z.strictObject({ name: z.literal('fab'), ...sharedOptions })

const fabTSchema = z.strictObject({
  name: z.literal('fab-t'),
  ...sharedOptions,
  /** Classes other than the true one, from the likeliest down; each has runs of its own. */
  targets: z.int().min(1).default(9),
})

type FabOptions = z.output<typeof fabSchema>
type FabTOptions = z.output<typeof fabTSchema>

/** What both forms have in common, and the radius of the ball. */
type Settings = Omit<FabOptions, 'name'> & { readonly name: string; readonly epsilon: number }

/** The classes whose boundaries each run on an example considers. */
type TargetsOf = (example: Example, classes: number) => readonly (readonly number[])[]

/** Where a run on an example stands. */
interface Run {
  readonly example: Example
  readonly targets: readonly number[]
  point: Float32Array
}

/**
 * Fast adaptive boundary attack: steps between the projections of the iterate `x` and of the clean
 * input `x₀` on the nearest linearised boundary within the box, `d` and `d₀` away,
 *
 *     x ← clip((1 − α)(x + η d) + α (x₀ + η d₀)),  α = min(‖d‖ / (‖d‖ + ‖d₀‖), α_max),
 *
 * and from every adversarial iterate back to `x₀ + β (x − x₀)`.
 *
 * @see Croce and Hein, "Minimally distorted adversarial examples with a fast adaptive boundary
 *   attack", 2020
 */
function fab(options: FabOptions, epsilon: number): Attack {
  return boundaryAttack({ ...options, epsilon }, (example, classes) => [
    likeliestOthers(example.logits, example.label, classes),
  ])
}

/** FAB-T: the same with the boundary to one class at a time, so a step costs one gradient. */
function fabT(options: FabTOptions, epsilon: number): Attack {
  return boundaryAttack({ ...options, epsilon }, example =>
    likeliestOthers(example.logits, example.label, options.targets).map(target => [target]),
  )
}

function boundaryAttack(settings: Settings, targetsOf: TargetsOf): Attack {
  const { name, norm, epsilon } = settings
  return minimalNorm({ name, norm, epsilon, config: settings }, (victim, examples, goal) => {
    const targets = new Map(
      examples.map(example => [example, targetsOf(example, victim.classes)] as const),
    )
    const rounds = targets.get(examples[0]!)!.length
    for (let round = 0; round < rounds * settings.restarts; round++) {
      const at = Math.floor(round / settings.restarts)
      const runs = examples
        .filter(({ distance }) => distance > goal)
        .map(example => ({
          example,
          targets: targets.get(example)![at]!,
          point:
            round % settings.restarts === 0
              ? example.clean
              : startNear(example, settings, victim, round),
        }))
      approach(settings, victim, runs, goal)
    }
  })
}

/** One run of every example. */
function approach(settings: Settings, victim: Victim, runs: readonly Run[], goal: number): void {
  let open = runs
  for (let iteration = 0; iteration < settings.iterations && open.length > 0; iteration++) {
    const differences = logitDifferences(
      victim,
      open.map(({ point }) => point),
      open.map(({ example }) => example.label),
      open.map(({ targets }) => targets),
    )
    open = open.filter((run, row) => stepped(settings, victim, run, differences[row]!))
    if (open.length === 0) break
    const logits = scores(
      victim,
      open.map(({ point }) => point),
    )
    open.forEach((run, row) => {
      const { example, point } = run
      example.queries += 1
      if (classOf(logits[row]!) === example.label) return
      offer(example, point, settings.norm)
      run.point = point.map((value, at) => {
        const origin = example.clean[at]!
        return origin + settings.beta * (value - origin)
      })
    })
    open = open.filter(({ example }) => example.distance > goal)
  }
}

/** One step; false where no boundary is in sight, as every gradient is zero. */
function stepped(
  { norm, alphaMax, eta }: Settings,
  { bounds }: Victim,
  run: Run,
  differences: readonly LogitDifference[],
): boolean {
  const { example, point } = run
  const { clean } = example
  example.queries += differences.length
  const { value, gradient, distance } = nearestBoundary(differences, norm)
  if (!Number.isFinite(distance)) return false
  const fromPoint = toHyperplane(point, gradient, -value, norm, bounds)
  const valueAtClean = gradient.reduce((sum, w, at) => sum + w * (clean[at]! - point[at]!), value)
  const fromClean = toHyperplane(clean, gradient, -valueAtClean, norm, bounds)
  const [own, cleans] = [fromPoint, fromClean].map(change =>
    Math.max(lengthOf(change, norm), shortest),
  )
  const alpha = Math.min(own! / (own! + cleans!), alphaMax)
  run.point = point.map((from, at) => {
    const biased = alpha * (clean[at]! + eta * fromClean[at]!)
    const next = (1 - alpha) * (from + eta * fromPoint[at]!) + biased
    return Math.min(Math.max(next, bounds[0]), bounds[1])
  })
  return true
}

/** Below this a projection counts as being this long, so that a share of two is defined. */
const shortest = 1e-8

/**
 * A random point half as far from the clean input as the nearest example that is known, or half of
 * epsilon where that is less.
 */
function startNear(
  { clean, distance, random }: Example,
  { norm, epsilon }: Settings,
  { bounds: [low, high] }: Victim,
  round: number,
): Float32Array {
  const direction =
    norm === 'linf'
      ? random.uniforms('fab', round, clean.length).map(u => 2 * u - 1)
      : random.normals('fab', round, clean.length)
  const diameter = lengthOf(new Float32Array(clean.length).fill(high - low), norm)
  const radius = Math.min(distance, epsilon, diameter) / 2
  const scale = radius / lengthOf(direction, norm)
  return clean.map((value, at) => Math.min(Math.max(value + scale * direction[at]!, low), high))
}

export const fabKind = {
  name: 'fab',
  options: fabSchema,
  create: fab,
  // A gradient for each other class of ten, and a look at where that led.
  expectedQueries: ({ iterations, restarts }) => 10 * iterations * restarts,
} satisfies AttackKind<FabOptions>

export const fabTKind = {
  name: 'fab-t',
  options: fabTSchema,
  create: fabT,
  expectedQueries: ({ targets, iterations, restarts }) => 2 * targets * iterations * restarts,
} satisfies AttackKind<FabTOptions>
