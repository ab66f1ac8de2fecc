import type { ExecutionContext } from 'ava'
import type { Attack } from '../../attacks/attack.ts'
import { attackRandom } from '../../attacks/attack-random.ts'
import { attackSchema, createAttack } from '../../attacks/create-attack.ts'
import type { Victim } from '../../attacks/victim.ts'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { imageInput } from '../../models/input.ts'
import { tf } from '../../src/engine/tf.ts'
import { networkVictim } from '../../src/evaluation/network-victim.ts'

/** Where the golden attacks start, `[4, 2]`. */
export const goldenInputs = [
  [0.2, 0.9],
  [0.7, 0.3],
  [0.5, 0.5],
  [0.05, 0.95],
]

export const goldenLabels = [0, 1, 0, 1]

/** The two-layer sigmoid network of cleverhans' own tests, on which the golden attacks ran. */
export function goldenVictim(t: ExecutionContext): Victim {
  const architecture = architectureSchema.parse({
    name: 'mlp',
    hidden: [2],
    activation: 'sigmoid',
  })
  const network = buildNetwork(architecture, imageInput([2, 1, 1], 2))
  const parameters = {
    'dense1/weight': tf.tensor2d([
      [1.5, 0.3],
      [-2, 0.3],
    ]),
    'dense1/bias': tf.zeros([2]),
    'dense2/weight': tf.tensor2d([
      [-2.4, 1.2],
      [0.5, -2.3],
    ]),
    'dense2/bias': tf.zeros([2]),
  }
  t.teardown(() => tf.dispose(parameters as Record<string, tf.Tensor>))
  return networkVictim(network, parameters)
}

/** Equal to the golden numbers, which are rounded to six digits. */
export const near = (
  t: ExecutionContext,
  actual: ArrayLike<number>,
  expected: readonly (readonly number[])[],
  tolerance = 2e-5,
) => {
  expected.flat().forEach((value, at) => {
    t.true(Math.abs(actual[at]! - value) < tolerance, `${at}: ${actual[at]} instead of ${value}`)
  })
}

/** Runs an attack on examples numbered from zero; frees what it made. */
export const run = (victim: Victim, attack: Attack, x: tf.Tensor, labels: readonly number[]) => {
  const y = tf.tensor1d([...labels], 'int32')
  const random = attackRandom(
    0,
    labels.map((_, at) => at),
  )
  const result = attack.run(victim, x, y, random)
  const values = Float32Array.from(result.adversarial.dataSync())
  tf.dispose([y, result.adversarial])
  return { values, queries: result.queries }
}

/** An attack as a plan writes it. */
export const make = (config: object, epsilon: number) =>
  createAttack(attackSchema.parse(config), epsilon)

/** A victim whose logits are written out, its gradients by differentiation. */
export function writtenVictim(
  inputShape: readonly number[],
  classes: number,
  logits: (x: tf.Tensor) => tf.Tensor,
): Victim {
  const evaluate = (x: tf.Tensor) => tf.tidy(() => logits(x)) as tf.Tensor2D
  return {
    classes,
    bounds: [0, 1],
    inputShape,
    capabilities: ['lossGradient'],
    logits: evaluate,
    lossGradient: (x, loss) => ({
      gradient: tf.tidy(() => tf.grad((at: tf.Tensor) => tf.sum(loss(evaluate(at))))(x)),
      losses: tf.tidy(() => loss(evaluate(x))),
      logits: evaluate(x),
    }),
  }
}
