import test, { type ExecutionContext } from 'ava'
import type { Norm } from '../../attacks/attack.ts'
import { attackRandom } from '../../attacks/attack-random.ts'
import { attackSchema, createAttack } from '../../attacks/create-attack.ts'
import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../../src/engine/tf.ts'
import { stream } from '../../src/random/stream.ts'
import { leavesNoTensors } from '../with-engine.ts'

/** A linear classifier whose weights are known, so that the way to its boundary is known. */
export interface LinearGame {
  readonly victim: Victim
  readonly shape: readonly number[]
  /** Inputs, well inside the box. */
  readonly inputs: readonly Float32Array[]
  /** The victim's own predictions, so that none is misclassified without attack. */
  readonly labels: readonly number[]
  /** How far each input is from the nearest boundary in each norm. */
  readonly distances: Readonly<Record<Norm, readonly number[]>>
  /** Inputs that the victim has been asked about. */
  readonly asked: () => number
}

/** A linear classifier of images, neither square nor grey unless asked for. */
export function linearGame(
  shape: readonly number[] = [6, 8, 2],
  classes = 3,
  count = 6,
): LinearGame {
  const size = shape.reduce((product, length) => product * length, 1)
  const weights = stream(1, 'test', 'linear').normals(new Float32Array(size * classes))
  const column = (k: number) =>
    Float64Array.from({ length: size }, (_, i) => weights[i * classes + k]!)
  const columns = Array.from({ length: classes }, (_, k) => column(k))
  const inputs = Array.from({ length: count }, (_, at) =>
    stream(2, 'test', at)
      .uniforms(new Float32Array(size))
      .map(u => 0.35 + 0.3 * u),
  )
  const scoresOf = (x: Float32Array) =>
    columns.map(w => w.reduce((sum, value, i) => sum + value * x[i]!, 0))
  const labels = inputs.map(x => {
    const scores = scoresOf(x)
    return scores.indexOf(Math.max(...scores))
  })
  const distance = (length: (w: Float64Array) => number) =>
    inputs.map((x, at) => {
      const scores = scoresOf(x)
      const own = labels[at]!
      const ways = columns.map((w, k) =>
        k === own
          ? Infinity
          : (scores[own]! - scores[k]!) / length(w.map((v, i) => v - columns[own]![i]!)),
      )
      return Math.min(...ways)
    })
  let asked = 0
  const victim: Victim = {
    classes,
    bounds: [0, 1],
    inputShape: shape,
    capabilities: [],
    logits(x) {
      asked += x.shape[0]!
      return tf.tidy(() =>
        tf.matMul(tf.reshape(x, [-1, size]), tf.tensor2d(weights, [size, classes])),
      ) as tf.Tensor2D
    },
  }
  return {
    victim,
    shape,
    inputs,
    labels,
    distances: {
      linf: distance(w => w.reduce((sum, value) => sum + Math.abs(value), 0)),
      l2: distance(w => Math.hypot(...w)),
      l1: distance(w => w.reduce((most, value) => Math.max(most, Math.abs(value)), 0)),
    },
    asked: () => asked,
  }
}

/** What an attack makes of some examples of a game, each by its own number. */
export interface Played {
  readonly values: Float32Array
  readonly queries: number
  readonly linf: number
  readonly l2: number
  readonly l1: number
}

/** Runs an attack, written as in a plan, on the given examples. */
export function play(
  game: Pick<LinearGame, 'victim' | 'shape' | 'inputs' | 'labels'>,
  config: object,
  epsilon: number,
  examples: readonly number[] = game.inputs.map((_, at) => at),
  seed = 3,
): Map<number, Played> {
  const attack = createAttack(attackSchema.parse(config), epsilon)
  const pixels = examples.flatMap(at => [...game.inputs[at]!])
  const x = tf.tensor(pixels, [examples.length, ...game.shape])
  const labels = tf.tensor1d(
    examples.map(at => game.labels[at]!),
    'int32',
  )
  const result = attack.run(game.victim, x, labels, attackRandom(seed, examples))
  const all = result.adversarial.dataSync() as Float32Array
  tf.dispose([x, labels, result.adversarial])
  const size = all.length / examples.length
  return new Map(
    examples.map((example, at) => {
      const values = all.slice(at * size, (at + 1) * size)
      const change = Array.from(values, (value, i) => value - game.inputs[example]![i]!)
      const linf = Math.max(...change.map(Math.abs))
      const l1 = change.reduce((sum, value) => sum + Math.abs(value), 0)
      const l2 = Math.hypot(...change)
      return [example, { values, queries: result.queries[at]!, linf, l2, l1 }]
    }),
  )
}

/** The examples that the victim no longer classifies as their label. */
export function broken(
  game: Pick<LinearGame, 'victim' | 'shape' | 'labels'>,
  played: Map<number, Played>,
): number[] {
  return [...played].flatMap(([example, { values }]) => {
    const predicted = tf.tidy(() => {
      const logits = game.victim.logits(tf.tensor(values, [1, ...game.shape]))
      return tf.argMax(logits, 1).dataSync()[0]!
    })
    return predicted === game.labels[example] ? [] : [example]
  })
}

/** Tests of what holds for every attack that asks for nothing but scores. */
export function obeysTheContract(
  title: string,
  config: { readonly norm: Norm } & Record<string, unknown>,
  reach: number,
): void {
  const { norm } = config

  test.serial(
    `${title}: stays in ball and box, counts its queries, breaks what it can reach`,
    leavesNoTensors(t => {
      const game = linearGame()
      const epsilon = reach * Math.max(...game.distances[norm])
      const played = play(game, config, epsilon)
      let queries = 0
      for (const one of played.values()) {
        t.true(one[norm] <= epsilon * (1 + 1e-5), `${one[norm]} > ${epsilon}`)
        t.true(one.values.every(value => value >= 0 && value <= 1))
        queries += one.queries
      }
      t.is(queries, game.asked())
      t.is(broken(game, played).length, game.labels.length)
    }),
  )

  test.serial(`${title}: what lies nearer than the boundary is not broken`, t => {
    const game = linearGame()
    const epsilon = 0.99 * Math.min(...game.distances[norm])
    t.deepEqual(broken(game, play(game, config, epsilon)), [])
  })

  test.serial(`${title}: radius 0 leaves the images alone`, t => {
    const game = linearGame()
    for (const [example, { values }] of play(game, config, 0)) {
      t.deepEqual(values, game.inputs[example])
    }
  })

  test.serial(`${title}: a result depends on seed and example, not on the batch`, t => {
    const game = linearGame()
    const epsilon = 0.6 * reach * Math.max(...game.distances[norm])
    const together = play(game, config, epsilon)
    const backwards = play(game, config, epsilon, [5, 4, 3, 2, 1, 0])
    const alone = play(game, config, epsilon, [4])
    const reseeded = play(game, config, epsilon, undefined, 9)
    for (const [example, result] of together) t.deepEqual(backwards.get(example), result)
    t.deepEqual(alone.get(4), together.get(4))
    t.notDeepEqual(reseeded, together)
  })

  test.serial(`${title}: what is misclassified already stays as it is`, t => {
    const game = linearGame()
    const others = { ...game, labels: game.labels.map(label => (label + 1) % 3) }
    for (const [example, { values, queries }] of play(others, config, 0.2)) {
      t.deepEqual(values, game.inputs[example])
      t.is(queries, 1)
    }
  })

  test.serial(`${title}: scores that are no numbers do no harm`, t => {
    const game = linearGame()
    const nowhere: Victim = {
      ...game.victim,
      logits: x => tf.fill([x.shape[0]!, 3], Number.NaN) as tf.Tensor2D,
    }
    for (const { values } of play({ ...game, victim: nowhere }, config, 0.1).values()) {
      t.true(values.every(value => value >= 0 && value <= 1))
    }
  })
}

/** Asserts that two numbers differ by `within` at most. */
export function near(t: ExecutionContext, actual: number, expected: number, within: number): void {
  t.true(Math.abs(actual - expected) <= within, `${actual} instead of ${expected}`)
}
