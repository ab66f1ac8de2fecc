import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import { type Attack, normSchema } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import type { AttackRandom } from './attack-random.ts'
import { type Observer, observeRun } from './observer.ts'
import { sizeOf, verdicts } from './scores.ts'
import { l1Pattern, l2Pattern } from './square-mass.ts'
import { type Extent, linfPattern } from './square-patterns.ts'
import type { Victim } from './victim.ts'

const optionsSchema = z.strictObject({
  name: z.literal('square'),
  norm: normSchema,
  /** Candidates of a run; one more call asks about the clean input. */
  queries: z.int().min(1).max(1_000_000).default(5000),
  /** Share of the image that a window covers at first. */
  initialShare: z.number().positive().max(1).default(0.8),
  /** Stretches the schedule of that share, made for 10 000 queries, over the queries there are. */
  rescaleSchedule: z.boolean().default(false),
  /** Runs, each from a start of its own, on the examples that are not misclassified yet. */
  restarts: z.int().min(1).max(1000).default(1),
})

type SquareOptions = z.output<typeof optionsSchema>

type Settings = SquareOptions & { readonly epsilon: number }

/**
 * Square attack: random search that keeps a candidate when the margin `z_y − max z_i` shrinks. A
 * candidate changes the best one in a square window at a random place (Linf), or moves its change
 * from one window to another (L2, L1). Only scores are asked for.
 *
 * Window and signs belong to the example, and windows reach the last row and column, unlike in the
 * published code.
 *
 * @see Andriushchenko et al., "Square attack", 2020; L1: Croce and Hein, "Mind the box", 2021
 */
function square(options: SquareOptions, epsilon: number): Attack {
  const settings = { ...options, epsilon }
  return {
    name: 'square',
    norm: options.norm,
    epsilon,
    config: settings,
    requires: [],
    run(victim, x, labels, random, observer) {
      const shape = x.shape.slice(1)
      const clean = Float32Array.from(x.dataSync())
      const truth = Array.from(labels.dataSync())
      const { wrong } = verdicts(victim, clean, shape, truth)
      const game: Game = {
        victim,
        shape,
        clean,
        labels: truth,
        adversarial: clean.slice(),
        queries: new Float32Array(truth.length).fill(1),
        observer,
      }
      let open = truth.map((_, row) => row).filter(row => !wrong[row])
      for (let restart = 0; restart < options.restarts && open.length > 0; restart++) {
        open = search(settings, game, random, restart, open)
      }
      return { adversarial: tf.tensor(game.adversarial, x.shape), queries: game.queries }
    },
  }
}

/** A batch under attack, row by row. */
interface Game {
  readonly victim: Victim
  /** Of one input. */
  readonly shape: readonly number[]
  readonly clean: Float32Array
  readonly labels: readonly number[]
  /** Best candidates so far, changed by the search. */
  readonly adversarial: Float32Array
  /** Counted up by the search. */
  readonly queries: Float32Array
  readonly observer: Observer | undefined
}

/** One run on some rows; returns those still classified correctly. */
function search(
  settings: Settings,
  { victim, shape, clean, labels, adversarial, queries, observer }: Game,
  random: AttackRandom,
  restart: number,
  rows: readonly number[],
): number[] {
  const { norm, epsilon } = settings
  const pattern = { linf: linfPattern, l2: l2Pattern, l1: l1Pattern }[norm]
  const size = sizeOf(shape)
  const extent = extentOf(shape)
  const smallest = new Float32Array(labels.length).fill(Infinity)
  const numbersAt = numbers(random, restart, {
    first: pattern.startNumbers(extent),
    later: pattern.proposalNumbers(extent),
  })
  const observe = observeRun(observer, {
    ...{ loss: 'margin', run: restart, runs: settings.restarts },
    length: settings.queries,
  })
  let open = [...rows]
  for (let query = 0; query < settings.queries && open.length > 0; query++) {
    const side = pattern.side(extent, shareAt(settings, query - 1))
    const uniformsOf = numbersAt(query, open)
    const candidates = new Float32Array(open.length * size)
    open.forEach((row, at) => {
      const of = (values: Float32Array, index: number) =>
        values.subarray(index * size, (index + 1) * size)
      const canvas = {
        extent,
        epsilon,
        bounds: victim.bounds,
        clean: of(clean, row),
        best: of(adversarial, row),
        target: of(candidates, at),
        uniforms: uniformsOf(row),
      }
      if (query === 0) pattern.start(canvas)
      else pattern.propose(canvas, side)
    })
    const { margins, wrong } = verdicts(
      victim,
      candidates,
      shape,
      open.map(row => labels[row]!),
    )
    observe?.(
      open,
      query,
      margins.map(margin => -margin),
      wrong,
    )
    open.forEach((row, at) => {
      queries[row]! += 1
      if (!wrong[at] && !(margins[at]! < smallest[row]!)) return
      smallest[row] = margins[at]!
      adversarial.set(candidates.subarray(at * size, (at + 1) * size), row * size)
    })
    open = open.filter((_, at) => !wrong[at])
  }
  return open
}

/** After these iterations, of 10 000, the share that a window covers is halved. */
const halvings = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000]

/** Share of the image that the window of this iteration covers; iterations count from zero. */
export function shareAt(
  { initialShare, rescaleSchedule, queries }: Omit<SquareOptions, 'name' | 'norm' | 'restarts'>,
  iteration: number,
): number {
  const time = rescaleSchedule ? Math.floor((iteration / queries) * 10_000) : iteration
  return initialShare / 2 ** halvings.filter(after => time > after).length
}

/** Queries whose numbers are drawn together: drawing has a cost for every call. */
const together = 64

/**
 * The uniforms of each row for one query after the other.
 *
 * @param sizes numbers that query 0 takes, and every later one
 */
function numbers(
  random: AttackRandom,
  restart: number,
  sizes: { readonly first: number; readonly later: number },
): (query: number, open: readonly number[]) => (row: number) => Float32Array {
  let drawn = new Map<number, Float32Array>()
  const draw = (open: readonly number[], purpose: string, round: number, size: number) => {
    const values = random.rows(open).uniforms(purpose, round, size)
    drawn = new Map(open.map((row, at) => [row, values.subarray(at * size, (at + 1) * size)]))
  }
  return (query, open) => {
    const at = (query - 1) % together
    if (query === 0) draw(open, 'square start', restart, sizes.first)
    else if (at === 0) {
      draw(open, `square ${restart}`, (query - 1) / together, together * sizes.later)
    }
    return row => {
      const own = drawn.get(row)!
      return query === 0 ? own : own.subarray(at * sizes.later, (at + 1) * sizes.later)
    }
  }
}

/** Axes of an input: an image's own, or a column of all that its other axes hold. */
function extentOf([height = 1, width = 1, ...rest]: readonly number[]): Extent {
  return { height, width, channels: sizeOf(rest) }
}

export const squareKind = {
  name: 'square',
  options: optionsSchema,
  create: square,
  expectedQueries: ({ queries, restarts }) => 1 + queries * restarts,
} satisfies AttackKind<SquareOptions>
