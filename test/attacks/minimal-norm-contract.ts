import test, { type ExecutionContext } from 'ava'
import type { Norm } from '../../attacks/attack.ts'
import { attackRandom } from '../../attacks/attack-random.ts'
import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../../src/engine/tf.ts'
import { uniformTensor } from '../with-engine.ts'
import {
  attackRows,
  counting,
  distances,
  make,
  normalVictim,
  predictRows,
} from './small-victims.ts'

/** A network with 8 inputs, two layers and 4 classes. */
const curved = (t: ExecutionContext) => normalVictim(t, [8, 6, 4], 'contract')

const inputs = (count: number) =>
  tf.tidy(() => uniformTensor([count, 8], 'contract/inputs').arraySync() as number[][])

/** Tests of what every minimal-norm attack promises; `options` should make it quick. */
export function keepsMinimalNormContract(
  options: Readonly<Record<string, unknown>> & { readonly name: string; readonly norm: Norm },
) {
  const title = `${options.name} ${options.norm}`

  test.serial(`${title}: finds adversarial examples inside the box`, t => {
    const victim = curved(t)
    const rows = inputs(12)
    const labels = predictRows(victim, rows)
    const found = attackRows(victim, make(options), rows, labels)
    for (const value of found.flat()) t.true(value >= 0 && value <= 1)
    const broken = predictRows(victim, found).filter((other, at) => other !== labels[at])
    t.true(broken.length >= 10, `${broken.length} of 12`)
  })

  test.serial(`${title}: gives back what lies within epsilon and the clean input else`, t => {
    const victim = curved(t)
    const rows = inputs(12)
    const labels = predictRows(victim, rows)
    const farthest = distances(attackRows(victim, make(options), rows, labels), rows, options.norm)
    const middle = farthest.toSorted((a, b) => a - b)[6]!
    let broken: number[] = []
    for (const epsilon of [0, 0.8 * middle, middle, 1.5 * middle]) {
      const found = attackRows(victim, make(options, epsilon), rows, labels)
      const now = predictRows(victim, found).flatMap((other, at) =>
        other === labels[at] ? [] : at,
      )
      distances(found, rows, options.norm).forEach((distance, at) => {
        t.true(distance <= epsilon)
        if (!now.includes(at)) t.is(distance, 0)
        if (farthest[at]! > 0 && farthest[at]! <= epsilon) t.true(now.includes(at))
      })
      for (const at of broken) t.true(now.includes(at), `${at} is lost at ${epsilon}`)
      broken = now
    }
    t.true(broken.length > 6)
  })

  test.serial(`${title}: a misclassified input is its own nearest example`, t => {
    const victim = curved(t)
    const rows = inputs(3)
    const labels = predictRows(victim, rows).map(label => (label + 1) % 4)
    t.deepEqual(attackRows(victim, make(options), rows, labels), rows)
  })

  test.serial(`${title}: an example's result does not depend on its batch`, t => {
    const victim = curved(t)
    const rows = inputs(6)
    const labels = predictRows(victim, rows)
    const attack = make(options)
    const whole = attackRows(victim, attack, rows, labels)
    t.deepEqual(attackRows(victim, attack, rows, labels), whole)
    const backward = [5, 4, 3, 2, 1, 0]
    const pick = <T>(values: readonly T[], at: readonly number[]) => at.map(n => values[n]!)
    for (const order of [backward, [3]]) {
      const part = attackRows(victim, attack, pick(rows, order), pick(labels, order), order)
      t.deepEqual(part, pick(whole, order))
    }
  })

  test.serial(`${title}: counts its model calls, fewer where near enough is good enough`, t => {
    const rows = inputs(6)
    const labels = predictRows(curved(t), rows)
    const spent = [0, 3, Number.POSITIVE_INFINITY].map(epsilon => {
      const { victim, calls } = counting(curved(t))
      const [x, y] = [tf.tensor(rows.flat(), [6, 8, 1, 1]), tf.tensor1d(labels, 'int32')]
      const random = attackRandom(0, [...labels.keys()])
      const { adversarial, queries } = make(options, epsilon).run(victim, x, y, random)
      tf.dispose([x, y, adversarial])
      const total = queries.reduce((sum, count) => sum + count, 0)
      t.is(total, calls())
      return total
    })
    t.is(spent[0], 6)
    t.true(spent[0]! < spent[1]! && spent[1]! <= spent[2]!)
    if (options.name !== 'deepfool') t.true(spent[1]! < spent[2]!)
  })

  test.serial(`${title}: zero and NaN gradients leave an example where it is`, t => {
    const rows = [
      [0.5, 0.25],
      [0.125, 0.75],
    ]
    for (const slope of [0, Number.NaN]) {
      t.deepEqual(attackRows(flat(slope), make(options), rows, [0, 0]), rows)
    }
  })
}

/** A victim that always says class 0 and whose gradient is the same number everywhere. */
function flat(slope: number): Victim {
  const logits = (x: tf.Tensor) =>
    tf.tidy(() => tf.mul(tf.ones([x.shape[0]!, 2]), [1, 0]) as tf.Tensor2D)
  return {
    classes: 2,
    bounds: [0, 1],
    inputShape: [2],
    capabilities: ['lossGradient'],
    logits,
    lossGradient: (x, loss) => {
      const scores = logits(x)
      return {
        gradient: tf.fill(x.shape, slope),
        losses: tf.tidy(() => loss(scores)),
        logits: scores,
      }
    },
  }
}
