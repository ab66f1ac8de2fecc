import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import { type Attack, type Norm, normSchema } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import type { AttackRandom } from './attack-random.ts'
import { observeRun } from './observer.ts'
import { verdicts } from './scores.ts'
import type { Victim } from './victim.ts'

const optionsSchema = z.strictObject({
  name: z.literal('random-search'),
  norm: normSchema,
  /** Points tried for each example; it leaves after the block of up to 64 that breaks it. */
  samples: z.int().min(1).max(1_000_000).default(1000),
  /** `ball`: uniform in the ball; `surface`: its corners (Linf), uniform on the sphere (L2) or of full length (L1). */
  within: z.enum(['ball', 'surface']).default('surface'),
})

type RandomSearchOptions = z.output<typeof optionsSchema>

/** Values of the points of one example that are asked about together. */
const blockValues = 2 ** 16

type Settings = RandomSearchOptions & { readonly epsilon: number }

/**
 * Random noise: independent points of the ball, cut to the box. The first that is misclassified is
 * kept, or else the one of smallest margin; an attack that follows anything must do better.
 */
function randomSearch(options: RandomSearchOptions, epsilon: number): Attack {
  const settings = { ...options, epsilon }
  return {
    name: 'random-search',
    norm: options.norm,
    epsilon,
    config: settings,
    requires: [],
    run(victim, x, labels, random, observer) {
      const shape = x.shape.slice(1)
      const clean = Float32Array.from(x.dataSync())
      const adversarial = clean.slice()
      const truth = Array.from(labels.dataSync())
      const size = x.size / truth.length
      const start = verdicts(victim, clean, shape, truth)
      const smallest = start.margins
      const queries = new Float32Array(truth.length).fill(1)
      let open = truth.map((_, row) => row).filter(row => !start.wrong[row])
      const observe = observeRun(observer, {
        ...{ loss: 'margin', run: 0, runs: 1 },
        length: options.samples,
      })
      const together = Math.min(64, Math.max(1, Math.floor(blockValues / size)))
      for (let first = 0; first < options.samples && open.length > 0; first += together) {
        const count = Math.min(together, options.samples - first)
        const centers = { victim, clean, size, rows: open }
        const points = draw(settings, centers, random.rows(open), first, count)
        const asked = open.flatMap(row => Array<number>(count).fill(row))
        const { margins, wrong } = verdicts(
          victim,
          points,
          shape,
          asked.map(row => truth[row]!),
        )
        let seen = [...open.keys()]
        for (let point = 0; observe && point < count && seen.length > 0; point++) {
          const places = seen.map(at => at * count + point)
          observe(
            seen.map(at => open[at]!),
            first + point,
            places.map(place => -margins[place]!),
            places.map(place => wrong[place]!),
          )
          seen = seen.filter(at => !wrong[at * count + point])
        }
        const broken = new Set<number>()
        asked.forEach((row, at) => {
          queries[row]! += 1
          if (broken.has(row) || !(wrong[at] || margins[at]! < smallest[row]!)) return
          if (wrong[at]) broken.add(row)
          smallest[row] = margins[at]!
          adversarial.set(points.subarray(at * size, (at + 1) * size), row * size)
        })
        open = open.filter(row => !broken.has(row))
      }
      return { adversarial: tf.tensor(adversarial, x.shape), queries }
    },
  }
}

/** Where the balls are. */
interface Centers {
  readonly victim: Victim
  /** `[batch · size]` */
  readonly clean: Float32Array
  readonly size: number
  readonly rows: readonly number[]
}

/**
 * Some points of every row's ball, row by row, `[rows · count · size]`.
 *
 * @param round tells blocks of points apart
 */
function draw(
  { norm, epsilon, within }: Settings,
  { victim, clean, size, rows }: Centers,
  random: AttackRandom,
  round: number,
  count: number,
): Float32Array {
  const [low, high] = victim.bounds
  const points = directions(norm, random, round, count, size)
  const radii = random.uniforms('radius', round, count)
  const dimension = { linf: Infinity, l2: size, l1: size }[norm]
  for (let at = 0; at < rows.length * count; at++) {
    const row = rows[Math.floor(at / count)]!
    const point = points.subarray(at * size, (at + 1) * size)
    const radius = within === 'ball' ? epsilon * radii[at]! ** (1 / dimension) : epsilon
    const corner = norm === 'linf' && within === 'surface'
    for (let i = 0; i < size; i++) {
      const direction = corner ? (point[i]! < 0 ? -1 : 1) : point[i]!
      const value = clean[row * size + i]! + radius * direction
      point[i] = Math.min(Math.max(value, low), high)
    }
  }
  return points
}

/** An exponential number with a random sign; a uniform of 0 must not make it infinite. */
function exponential(uniform: number): number {
  const centred = 2 * uniform - 1
  return Math.sign(centred) * -Math.log(Math.max(1 - Math.abs(centred), 2 ** -25))
}

/**
 * Changes of any number of points, `[rows · count · size]`: uniform in the cube (Linf), normal and
 * of length one (L2), exponential with random signs and of length one (L1).
 */
function directions(
  norm: Norm,
  random: AttackRandom,
  round: number,
  count: number,
  size: number,
): Float32Array {
  if (norm === 'linf') return random.uniforms('point', round, count * size).map(u => 2 * u - 1)
  const points =
    norm === 'l2'
      ? random.normals('point', round, count * size)
      : random.uniforms('point', round, count * size).map(exponential)
  for (let from = 0; from < points.length; from += size) {
    const point = points.subarray(from, from + size)
    const length = point.reduce((sum, v) => sum + (norm === 'l2' ? v * v : Math.abs(v)), 0)
    const over = norm === 'l2' ? Math.sqrt(length) : length
    point.forEach((value, at) => {
      point[at] = value / over
    })
  }
  return points
}

export const randomSearchKind = {
  name: 'random-search',
  options: optionsSchema,
  create: randomSearch,
  expectedQueries: ({ samples }) => 1 + samples,
} satisfies AttackKind<RandomSearchOptions>
