import type { Victim } from '../../../attacks/victim.ts'
import { tf } from '../../../src/engine/tf.ts'

/** Two classes divided by the plane w · x + b = 0; class 1 lies where it is positive. */
export function linearVictim(weights: readonly number[], bias: number): Victim {
  return {
    classes: 2,
    bounds: [0, 1],
    inputShape: [weights.length],
    capabilities: [],
    logits: x =>
      tf.tidy(() => {
        const score = tf.add(
          tf.matMul(x as tf.Tensor2D, tf.tensor2d([...weights], [weights.length, 1])),
          bias,
        )
        return tf.concat2d([tf.neg(score), score] as tf.Tensor2D[], 1)
      }),
  }
}
