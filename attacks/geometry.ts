import { tf } from '../src/engine/tf.ts'
import type { Norm } from './attack.ts'
import type { AttackRandom } from './attack-random.ts'
import { projectOntoL1Ball } from './l1-projection.ts'
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
 * Every example divided by its largest absolute value: a norm of very small values would underflow
 * to zero. Zero stays zero.
 */
export function largestOne(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.div(x, tf.maximum(tf.max(tf.abs(x), axesOf(x), true), 1e-30)))
}

/** Every example over the sum of its absolute values; zero stays zero, NaN becomes zero. */
export function overL1Norm(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const values = largestOne(withoutNaN(x))
    return tf.div(values, tf.maximum(tf.sum(tf.abs(values), axesOf(x), true), tiny))
  })
}

/**
 * The direction in which a step of length one raises a linear loss most. A zero gradient gives a
 * zero step, NaN counts as zero.
 *
 *     sign(g)                                           Linf
 *     g / ‖g‖₂                                          L2
 *     sign(g) where |g| is largest, shared among ties   L1
 *
 * @param gradient `[batch, ...]`
 */
export function steepest(gradient: tf.Tensor, norm: Norm): tf.Tensor {
  return tf.tidy(() => {
    const clean = withoutNaN(gradient)
    if (norm === 'linf') return tf.sign(clean)
    if (norm === 'l2') {
      const direction = largestOne(clean)
      return tf.div(direction, tf.maximum(euclidean(direction), tiny))
    }
    const sizes = tf.abs(clean)
    const largest = tf.cast(tf.equal(sizes, tf.max(sizes, axesOf(clean), true)), 'float32')
    return tf.div(tf.mul(tf.sign(clean), largest), tf.sum(largest, axesOf(clean), true))
  })
}

/**
 * A step of L1 length one that moves several coordinates alike: the signs of those with the largest
 * absolute gradient, over their number. With one coordinate it is the steepest direction of L1, but
 * an attack that moves one pixel at a time needs very many steps.
 *
 * @param gradient `[batch, ...]`
 * @param counts coordinates that each example moves, `[batch]`; those that tie with the last too
 * @see Tramèr and Boneh, "Adversarial training and robustness for multiple perturbations", 2019
 */
export function sparseSigns(gradient: tf.Tensor, counts: ArrayLike<number>): tf.Tensor {
  const values = gradient.dataSync() as Float32Array
  const batch = gradient.shape[0]!
  const size = values.length / batch
  const steps = new Float32Array(values.length)
  const sizes = new Float32Array(size)
  for (let row = 0; row < batch; row++) {
    const from = row * size
    for (let at = 0; at < size; at++) sizes[at] = Math.abs(values[from + at]!) || 0
    sizes.sort()
    const least = sizes[Math.max(size - counts[row]!, 0)]!
    let moved = 0
    for (let at = size - 1; at >= 0 && sizes[at]! > 0 && sizes[at]! >= least; at--) moved++
    for (let at = from; at < from + size; at++) {
      const length = Math.abs(values[at]!)
      if (length > 0 && length >= least) steps[at] = Math.sign(values[at]!) / moved
    }
  }
  return tf.tensor(steps, gradient.shape)
}

/** How close to a bound, as a share of their distance, a value counts as standing at it. */
const atBound = 1e-6

/**
 * The gradient with zeros where a step along it would leave the box: a step that moves few
 * coordinates must not spend itself on those that cannot move, or it stays where it is for ever.
 *
 * @param gradient `[batch, ...]`
 * @param x `[batch, ...]`, within the bounds
 * @see Tramèr and Boneh, "Adversarial training and robustness for multiple perturbations", 2019
 */
export function withinBox(
  gradient: tf.Tensor,
  x: tf.Tensor,
  [low, high]: Victim['bounds'],
): tf.Tensor {
  return tf.tidy(() => {
    const slack = atBound * (high - low)
    const spent = tf.logicalOr(
      tf.logicalAnd(tf.lessEqual(x, low + slack), tf.less(gradient, 0)),
      tf.logicalAnd(tf.greaterEqual(x, high - slack), tf.greater(gradient, 0)),
    )
    return tf.where(spent, tf.zerosLike(gradient), gradient)
  })
}

/**
 * The point of the ball around `center` that is nearest to `x`, then of the box; of L1 ball and box
 * together, the nearest point.
 *
 * @param x `[batch, ...]`
 * @param center `[batch, ...]`, within the bounds
 */
export function project(
  x: tf.Tensor,
  center: tf.Tensor,
  norm: Norm,
  epsilon: number,
  bounds: Victim['bounds'],
): tf.Tensor {
  return tf.tidy(() => {
    const change = tf.sub(x, center)
    const inBall = {
      linf: () => tf.clipByValue(change, -epsilon, epsilon),
      l2: () => tf.mul(change, tf.minimum(tf.div(epsilon, tf.maximum(euclidean(change), tiny)), 1)),
      l1: () => inL1Ball(change, center, epsilon, bounds),
    }[norm]()
    return tf.clipByValue(tf.add(center, inBall), bounds[0], bounds[1])
  })
}

function inL1Ball(
  change: tf.Tensor,
  center: tf.Tensor,
  epsilon: number,
  bounds: Victim['bounds'],
): tf.Tensor {
  const projected = Float32Array.from(change.dataSync())
  const centers = center.dataSync() as Float32Array
  const size = projected.length / change.shape[0]!
  for (let from = 0; from < projected.length; from += size) {
    const row = projected.subarray(from, from + size)
    projectOntoL1Ball(row, centers.subarray(from, from + size), epsilon, bounds)
  }
  return tf.tensor(projected, change.shape)
}

/**
 * A change drawn uniformly from the ball of radius `epsilon`: uniform coordinates (Linf), a normal
 * direction of length `epsilon · U^(1/d)` (L2), or the spacings of sorted uniforms with random signs
 * (L1).
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
  return {
    linf: () => {
      const values = random.uniforms('start', round, size)
      return tf.tidy(() => tf.mul(tf.sub(tf.tensor(values, [...shape]), 0.5), 2 * epsilon))
    },
    l2: () => {
      const directions = random.normals('start', round, size)
      const radii = random.uniforms('radius', round, 1).map(u => epsilon * u ** (1 / size))
      return tf.tidy(() => {
        const direction = tf.tensor(directions, [...shape])
        const radius = tf.tensor(radii, [shape[0]!, ...shape.slice(1).map(() => 1)])
        return tf.mul(tf.div(direction, euclidean(direction)), radius)
      })
    },
    l1: () => {
      const lengths = random.uniforms('start', round, size)
      for (let from = 0; from < lengths.length; from += size) {
        intoSpacings(lengths.subarray(from, from + size))
      }
      const sides = random.uniforms('sign', round, size)
      const values = lengths.map((length, at) => (sides[at]! < 0.5 ? -epsilon : epsilon) * length)
      return tf.tensor(values, [...shape])
    },
  }[norm]()
}

/** Replaces uniforms by the gaps between them, in order, the first from zero. */
function intoSpacings(uniforms: Float32Array): void {
  uniforms.sort()
  for (let at = uniforms.length - 1; at > 0; at--) uniforms[at]! -= uniforms[at - 1]!
}
