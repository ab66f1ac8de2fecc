import { tf } from '../src/engine/tf.ts'
import type { Norm } from './attack.ts'
import type { AttackRandom } from './attack-random.ts'
import { sign } from './sign.ts'
import type { Victim } from './victim.ts'

/** Below this a gradient counts as zero, so that dividing by its norm stays finite. */
const tiny = 1e-12

/** Euclidean norm of every example, `[batch, 1, …, 1]`. */
function euclidean(x: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.sum(tf.square(x), axesOf(x), true))
}

const axesOf = (x: tf.Tensor) => x.shape.slice(1).map((_, axis) => axis + 1)

/** `x` with NaN replaced by zero: an attack must not spread it. */
function withoutNaN(x: tf.Tensor): tf.Tensor {
  return tf.where(tf.isNaN(x), tf.zerosLike(x), x)
}

/**
 * The direction in which a step of length one raises a linear loss most: the sign (Linf), or the
 * gradient over its Euclidean norm (L2). A zero gradient gives a zero step.
 */
export function steepest(gradient: tf.Tensor, norm: Norm): tf.Tensor {
  return tf.tidy(() => {
    const clean = withoutNaN(gradient)
    if (norm === 'linf') return sign(clean)
    // Scaled first: the square of a very small gradient would underflow to zero.
    const largest = tf.maximum(tf.max(tf.abs(clean), axesOf(clean), true), 1e-30)
    const scaled = tf.div(clean, largest)
    return tf.div(scaled, tf.maximum(euclidean(scaled), tiny))
  })
}

/** The point of the ball around `center` that is nearest to `x`, then of the box. */
export function project(
  x: tf.Tensor,
  center: tf.Tensor,
  norm: Norm,
  epsilon: number,
  bounds: Victim['bounds'],
): tf.Tensor {
  return tf.tidy(() => {
    const change = tf.sub(x, center)
    const inBall =
      norm === 'linf'
        ? tf.clipByValue(change, -epsilon, epsilon)
        : tf.mul(change, tf.minimum(tf.div(epsilon, tf.maximum(euclidean(change), tiny)), 1))
    return tf.clipByValue(tf.add(center, inBall), bounds[0], bounds[1])
  })
}

/**
 * A change drawn uniformly from the ball of radius `epsilon`: uniform coordinates (Linf), or a
 * normal direction of length `epsilon · U^(1/d)` (L2).
 *
 * @param shape `[batch, ...]`
 * @param round tells the restarts apart
 */
export function randomInBall(
  shape: readonly number[],
  norm: Norm,
  epsilon: number,
  random: AttackRandom,
  round: number,
): tf.Tensor {
  const size = shape.slice(1).reduce((product, length) => product * length, 1)
  if (norm === 'linf') {
    const values = random.uniforms('start', round, size)
    return tf.tidy(() => tf.mul(tf.sub(tf.tensor(values, [...shape]), 0.5), 2 * epsilon))
  }
  const directions = random.normals('start', round, size)
  const radii = random.uniforms('radius', round, 1).map(u => epsilon * u ** (1 / size))
  return tf.tidy(() => {
    const direction = tf.tensor(directions, [...shape])
    const radius = tf.tensor(radii, [shape[0]!, ...shape.slice(1).map(() => 1)])
    return tf.mul(tf.div(direction, euclidean(direction)), radius)
  })
}
