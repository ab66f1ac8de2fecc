import { z } from 'zod'
import { tf } from '../src/engine/tf.ts'
import type { Attack } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import type { AttackRandom } from './attack-random.ts'
import { project, randomInBall, steepest } from './geometry.ts'
import { verdicts } from './scores.ts'
import type { Victim } from './victim.ts'

const optionsSchema = z.strictObject({
  name: z.literal('random-search'),
  norm: z.enum(['linf', 'l2']).default('linf'),
  /** Points tried for each example; it leaves after the block of up to 64 that breaks it. */
  samples: z.int().min(1).max(1_000_000).default(1000),
  /** `ball`: uniform in the ball; `surface`: its corners (Linf) or uniform on the sphere (L2). */
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
    run(victim, x, labels, random) {
      const shape = x.shape.slice(1)
      const adversarial = Float32Array.from(x.dataSync())
      const truth = Array.from(labels.dataSync())
      const size = x.size / truth.length
      const start = verdicts(victim, adversarial, shape, truth)
      const smallest = start.margins
      const queries = new Float32Array(truth.length).fill(1)
      let open = truth.map((_, row) => row).filter(row => !start.wrong[row])
      const together = Math.min(64, Math.max(1, Math.floor(blockValues / size)))
      for (let first = 0; first < options.samples && open.length > 0; first += together) {
        const last = Math.min(options.samples, first + together)
        const points = draw(settings, victim, x, random, open, first, last)
        const asked = Array.from({ length: last - first }, () => open).flat()
        const { margins, wrong } = verdicts(
          victim,
          points,
          shape,
          asked.map(row => truth[row]!),
        )
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

/** Points `first` to `last − 1` of the rows, point by point, `[points · rows · size]`. */
function draw(
  { norm, epsilon, within }: Settings,
  { bounds }: Victim,
  x: tf.Tensor,
  random: AttackRandom,
  rows: readonly number[],
  first: number,
  last: number,
): Float32Array {
  return tf.tidy(() => {
    const center = tf.gather(x, tf.tensor1d([...rows], 'int32'))
    const own = random.rows(rows)
    const points = Array.from({ length: last - first }, (_, at) => {
      const change = randomInBall(center.shape, norm, epsilon, own, first + at)
      const placed = within === 'ball' ? change : tf.mul(steepest(change, norm), epsilon)
      return project(tf.add(center, placed), center, norm, epsilon, bounds)
    })
    return tf.concat(points).dataSync() as Float32Array
  })
}

export const randomSearchKind = {
  name: 'random-search',
  options: optionsSchema,
  create: randomSearch,
  expectedQueries: ({ samples }) => 1 + samples,
} satisfies AttackKind<RandomSearchOptions>
