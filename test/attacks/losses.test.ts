import test, { type ExecutionContext } from 'ava'
import { attackLoss, crossEntropy, dlr, margin, targetedDlr } from '../../attacks/losses.ts'
import type { AttackLoss } from '../../attacks/victim.ts'
import { tf } from '../../src/engine/tf.ts'
import { leavesNoTensors, useEngine } from '../with-engine.ts'

useEngine()

const classes = (labels: readonly number[]) => tf.tensor1d([...labels], 'int32')

/** Values of a loss of the rows and its gradient for every logit. */
function evaluate(loss: AttackLoss, rows: number[][]) {
  return tf.tidy(() => {
    const logits = tf.tensor2d(rows)
    const gradient = tf.grad((z: tf.Tensor) => tf.sum(loss(z as tf.Tensor2D)))(logits)
    return {
      losses: Array.from(loss(logits).dataSync()),
      gradient: gradient.arraySync() as number[][],
    }
  })
}

const close = (t: ExecutionContext, actual: readonly number[], expected: readonly number[]) => {
  t.is(actual.length, expected.length)
  expected.forEach((value, at) => {
    t.true(Math.abs(actual[at]! - value) < 2e-5, `${at}: ${actual[at]} instead of ${value}`)
  })
}

/** Golden numbers made with the losses of auto-attack (PyTorch 2.13). */
const golden = {
  logits: [
    [2, 1, 0.5, -1, 0],
    [0, 3, 2.5, 1, -2],
    [1, 1.2, 0.9, 0, 0.1],
  ],
  labels: [0, 2, 1],
  dlr: [-0.666667, 0.25, -0.666667],
  targets: [1, 1, 0],
  targetedDlr: [-0.571429, 0.2, -0.285714],
}

test.serial(
  'difference of logits ratio and its targeted form are the golden ones',
  leavesNoTensors(t => {
    const [labels, targets] = [classes(golden.labels), classes(golden.targets)]
    close(t, evaluate(dlr(labels), golden.logits).losses, golden.dlr)
    close(t, evaluate(targetedDlr(labels, targets), golden.logits).losses, golden.targetedDlr)
    tf.dispose([labels, targets])
  }),
)

test.serial(
  'the margin is negative where the label leads, also when every logit is negative',
  leavesNoTensors(t => {
    const labels = classes([0, 1, 2])
    const rows = [
      [-1, -5, -6],
      [-3, -4, -5],
      [2, 1, 4],
    ]
    const { losses, gradient } = evaluate(margin(labels), rows)
    t.deepEqual(losses, [-4, 1, -2])
    t.deepEqual(gradient, [
      [-1, 1, 0],
      [1, -1, 0],
      [1, 0, -1],
    ])
    labels.dispose()
  }),
)

test.serial(
  'targeted losses rise with the target, and the targeted margin is zero at a tie',
  leavesNoTensors(t => {
    const [labels, targets] = [classes([0]), classes([2])]
    const row = [1, -2, 0.5, 0]
    const total = row.reduce((sum, z) => sum + Math.exp(z), 0)
    const ce = evaluate(attackLoss('ce', labels, targets), [row])
    close(t, ce.losses, [0.5 - Math.log(total)])
    close(
      t,
      ce.gradient[0]!,
      row.map((z, at) => (at === 2 ? 1 : 0) - Math.exp(z) / total),
    )
    t.deepEqual(evaluate(attackLoss('margin', labels, targets), [row]).losses, [-0.5])
    t.deepEqual(evaluate(attackLoss('margin', labels, targets), [[1, -2, 1, 0]]).losses, [0])
    for (const name of ['ce', 'margin', 'dlr'] as const) {
      t.true(evaluate(attackLoss(name, labels, targets), [row]).gradient[0]![2]! > 0, name)
      t.true(evaluate(attackLoss(name, labels, undefined), [row]).gradient[0]![0]! < 0, name)
    }
    tf.dispose([labels, targets])
  }),
)

test.serial(
  'the ratios have the slope of finite differences and do not change with the scale of the logits',
  leavesNoTensors(t => {
    const [labels, targets] = [classes([0]), classes([3])]
    const row = [1.5, 0.2, 0.7, -0.4, -1.1]
    for (const loss of [dlr(labels), targetedDlr(labels, targets)]) {
      const { losses, gradient } = evaluate(loss, [row])
      const slopes = row.map((_, at) => {
        const [up, down] = [0.01, -0.01].map(
          step => evaluate(loss, [row.map((z, i) => (i === at ? z + step : z))]).losses[0]!,
        )
        return (up! - down!) / 0.02
      })
      gradient[0]!.forEach((value, at) => {
        t.true(Math.abs(value - slopes[at]!) < 1e-3, `${at}: ${value} instead of ${slopes[at]}`)
      })
      close(t, evaluate(loss, [row.map(z => 100 * z)]).losses, losses)
    }
    tf.dispose([labels, targets])
  }),
)

test.serial(
  'with too few classes for the ratios the loss keeps its slope',
  leavesNoTensors(t => {
    const [labels, targets] = [classes([0]), classes([2])]
    const two = evaluate(dlr(labels), [[3, 1]])
    t.deepEqual(two.losses, [-2])
    t.deepEqual(two.gradient, [[-1, 1]])
    const three = evaluate(targetedDlr(labels, targets), [[3, 2, 1]])
    t.deepEqual(three.losses, [-2])
    t.deepEqual(three.gradient, [[-1, 0, 1]])
    tf.dispose([labels, targets])
  }),
)

test.serial(
  'logits that are all equal give finite losses and gradients',
  leavesNoTensors(t => {
    const [labels, targets] = [classes([0]), classes([1])]
    for (const loss of [dlr(labels), targetedDlr(labels, targets), crossEntropy(labels)]) {
      const { losses, gradient } = evaluate(loss, [[1, 1, 1, 1]])
      for (const value of [...losses, ...gradient.flat()]) t.true(Number.isFinite(value))
    }
    tf.dispose([labels, targets])
  }),
)
