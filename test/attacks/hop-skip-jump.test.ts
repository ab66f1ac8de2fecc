import test from 'ava'
import { attackRandom } from '../../attacks/attack-random.ts'
import { boundaryDirections } from '../../attacks/boundary-direction.ts'
import { type Decisions, decisionsOf } from '../../attacks/decisions.ts'
import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../../src/engine/tf.ts'
import { useEngine } from '../with-engine.ts'
import { broken, linearGame, near, obeysTheContract, play } from './black-box-contract.ts'

useEngine()

const config = { name: 'hop-skip-jump', steps: 12, initialEvaluations: 60 }

obeysTheContract('hop-skip-jump linf', { ...config, norm: 'linf' }, 2)
obeysTheContract('hop-skip-jump l2', { ...config, norm: 'l2' }, 2)

for (const [norm, within] of [
  ['l2', 1.03],
  ['linf', 1.15],
] as const) {
  test.serial(`${norm}: on a linear model it comes near the known distance`, t => {
    const game = linearGame([5, 5, 1])
    const long = { ...config, norm, steps: 40 }
    const played = play(game, long, Infinity)
    t.is(broken(game, played).length, 6)
    for (const [example, one] of played) {
      const ratio = one[norm] / game.distances[norm][example]!
      t.true(ratio >= 1 - 1e-4 && ratio < within, `${ratio} of the distance`)
    }
  })

  test.serial(
    `${norm}: more steps never end farther off, and epsilon only cuts the walk short`,
    t => {
      const game = linearGame()
      const lengths = [2, 6, 12].map(steps => play(game, { ...config, norm, steps }, Infinity))
      const [few, some, many] = lengths
      for (const example of [0, 1, 2, 3, 4, 5]) {
        const [a, b, c] = [few!, some!, many!].map(one => one.get(example)![norm])
        t.true(a! >= b! && b! >= c! && a! > c!)
        const between = (b! + c!) / 2
        const stopped = play(game, { ...config, norm }, between, [example]).get(example)!
        t.true(stopped[norm] <= between && stopped[norm] > 0)
        t.true(stopped.queries <= many!.get(example)!.queries)
      }
    },
  )
}

test.serial('only decisions are used: scores squashed to the predicted class change nothing', t => {
  const game = linearGame()
  const hard: Victim = {
    ...game.victim,
    logits: x => tf.tidy(() => tf.oneHot(tf.argMax(game.victim.logits(x), 1), 3) as tf.Tensor2D),
  }
  const options = { ...config, norm: 'l2', steps: 4 }
  t.deepEqual(play({ ...game, victim: hard }, options, Infinity), play(game, options, Infinity))
})

test.serial('the direction at the boundary is that of the weights', t => {
  const game = linearGame([4, 4, 1], 2, 1)
  const [at, far] = [
    play(game, { ...config, norm: 'l2' }, Infinity).get(0)!.values,
    game.inputs[0]!,
  ]
  const x = tf.tensor(far, [1, 4, 4, 1])
  const labels = tf.tensor1d([...game.labels], 'int32')
  const decisions = decisionsOf(game.victim, x, labels)
  const request = {
    norm: 'l2' as const,
    decisions,
    random: attackRandom(1, [0]),
    round: 1,
    evaluations: 4000,
    lengths: new Map([[0, 0.02]]),
  }
  const direction = boundaryDirections(request, new Map([[0, at]])).get(0)!
  t.is(decisions.queries[0], 4000)
  // What moves the scores most: the difference of the columns, from finite differences.
  const gap = (values: Float32Array) =>
    tf.tidy(() => {
      const [a, b] = game.victim.logits(tf.tensor(values, [1, 4, 4, 1])).dataSync()
      return game.labels[0] === 0 ? b! - a! : a! - b!
    })
  const weights = far.map((_, i) => gap(far.map((v, j) => (i === j ? v + 1 : v))) - gap(far))
  const cosine = weights.reduce((sum, w, i) => sum + w * direction[i]!, 0) / Math.hypot(...weights)
  near(t, cosine, 1, 0.02)
  tf.dispose([x, labels])
})

test('decisions weigh the noise less their mean, unless they all agree', t => {
  const point = new Float32Array([0.5, 0.4, 0.6])
  const direction = (verdicts: readonly boolean[], norm: 'linf' | 'l2') => {
    let noisy = new Float32Array(0)
    const decisions: Decisions = {
      rows: [0],
      size: 3,
      bounds: [0, 1],
      clean: point,
      queries: new Float32Array(1),
      cleanOf: () => point,
      ask(points) {
        noisy = points.slice()
        return verdicts
      },
    }
    const lengths = new Map([[0, 0.1]])
    const random = attackRandom(1, [0])
    const request = { norm, decisions, random, round: 1, evaluations: 4, lengths }
    const found = boundaryDirections(request, new Map([[0, point]])).get(0)!
    const change = (at: number, i: number) => noisy[at * 3 + i]! - point[i]!
    for (const at of [0, 1, 2, 3]) {
      near(t, Math.hypot(change(at, 0), change(at, 1), change(at, 2)), 0.1, 1e-6)
    }
    return { found, change }
  }
  const weighed = (verdicts: readonly boolean[], weights: readonly number[]) => {
    for (const norm of ['linf', 'l2'] as const) {
      const { found, change } = direction(verdicts, norm)
      const sum = [0, 1, 2].map(i => weights.reduce((s, w, at) => s + w * change(at, i), 0))
      const length = Math.hypot(...sum)
      sum.forEach((value, i) => {
        near(t, found[i]!, norm === 'linf' ? Math.sign(value) : value / length, 1e-4)
      })
    }
  }
  weighed([true, true, false, true], [0.5, 0.5, -1.5, 0.5])
  weighed([true, true, true, true], [1, 1, 1, 1])
  weighed([false, false, false, false], [-1, -1, -1, -1])
})

test.serial('steps that lead astray do not lose the nearest point', t => {
  // The label holds inside a flower with nine leaves around the input.
  const flower: Victim = {
    classes: 2,
    bounds: [0, 1],
    inputShape: [2],
    capabilities: [],
    logits(x) {
      const scores = (x.arraySync() as number[][]).map(([a, b]) => {
        const [right, up] = [a! - 0.5, b! - 0.5]
        return [0, Math.hypot(right, up) - 0.25 - 0.15 * Math.sin(9 * Math.atan2(up, right))]
      })
      return tf.tensor2d(scores)
    },
  }
  const inputs = Array.from({ length: 8 }, () => new Float32Array([0.5, 0.5]))
  const game = { victim: flower, shape: [2], inputs, labels: inputs.map(() => 0) }
  const hasty = { ...config, norm: 'l2', initialEvaluations: 2 }
  const walks = [1, 2, 3, 4, 6, 8].map(steps => play(game, { ...hasty, steps }, Infinity))
  walks.slice(1).forEach((walk, at) => {
    for (const [example, { l2 }] of walk) t.true(l2 <= walks[at]!.get(example)!.l2)
  })
})

test.serial('where no start is found the input stays clean', t => {
  const game = linearGame()
  const stubborn: Victim = {
    ...game.victim,
    logits: x => tf.tidy(() => tf.oneHot(tf.zeros([x.shape[0]!], 'int32'), 3) as tf.Tensor2D),
  }
  const labels = game.labels.map(() => 0)
  const options = { ...config, startTrials: 7 }
  for (const [example, { values, queries }] of play(
    { ...game, victim: stubborn, labels },
    options,
    Infinity,
  )) {
    t.deepEqual(values, game.inputs[example])
    t.is(queries, 8)
  }
})
