import { tf } from './tf.ts'

/**
 * Repairs three gradients of TensorFlow.js 4.22, wrong on every backend: those of squaredDifference,
 * maximum and minimum have the result's shape even where an operand was broadcast, and then throw "does
 * not match the shape of the input". They are summed over the broadcast axes.
 */
export function repairBroadcastGradients(): void {
  for (const kernelName of ['SquaredDifference', 'Maximum', 'Minimum']) {
    const stock = tf.getGradient(kernelName)
    tf.unregisterGradient(kernelName)
    tf.registerGradient({
      ...stock,
      inputsToSave: ['a', 'b'],
      gradFunc(dy, saved, attributes) {
        const [a, b] = saved as [tf.Tensor, tf.Tensor]
        const gradients = stock.gradFunc(dy, saved, attributes)
        return {
          a: () => summedTo(a.shape, gradients.a!()),
          b: () => summedTo(b.shape, gradients.b!()),
        }
      },
    })
  }
}

function summedTo(shape: number[], gradient: tf.Tensor): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape)
  return axes.length === 0 ? gradient : tf.reshape(tf.sum(gradient, axes), shape)
}
