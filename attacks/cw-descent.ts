import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import { batchOf, type Example } from './minimal-norm.ts'
import type { AttackLoss, Victim } from './victim.ts'

/** Keeps the start off the edges of the box, where the inverse of tanh is infinite. */
const inside = 0.999999

const adam = { first: 0.9, second: 0.999, epsilon: 1e-8 }

/** What a descent takes of the attack's options. */
interface DescentSettings {
  readonly learningRate: number
  /** Margin by which another class must be ahead of the true one. */
  readonly confidence: number
}

/** Tensors of the examples that are being optimised, `[batch, ...]` where nothing else is said. */
export interface Descent {
  readonly clean: tf.Tensor
  /** One where the true class is, `[batch, classes]`, float32. */
  readonly own: tf.Tensor
  /** The weights c, `[batch]`. */
  readonly weights: tf.Tensor
  /** What is optimised: the inverse tanh of the input, stretched to the box. */
  readonly variable: tf.Tensor
  /** Adam's average of the gradient. */
  readonly first: tf.Tensor
  /** Adam's average of the gradient's square. */
  readonly second: tf.Tensor
  /** The nearest adversarial iterate so far. */
  readonly nearest: tf.Tensor
  /** Its squared distance, `[batch]`; infinite until there is one. */
  readonly nearestSquared: tf.Tensor
  /** The objective at the last iterate, `[batch]`. */
  readonly objective: tf.Tensor
}

/**
 * The descent of these examples before its first step.
 *
 * @param weights the weight c of each example
 */
export function startDescent(
  victim: Victim,
  examples: readonly Example[],
  weights: readonly number[],
): Descent {
  const [low, high] = victim.bounds
  const inputs = examples.map(({ clean }) => clean)
  const variables = inputs.map(input =>
    input.map(value => Math.atanh(inside * ((2 * (value - low)) / (high - low) - 1))),
  )
  return tidied(() => {
    const clean = batchOf(victim, inputs)
    const labels = tf.tensor1d(
      examples.map(({ label }) => label),
      'int32',
    )
    return {
      clean,
      own: tf.oneHot(labels, victim.classes),
      weights: tf.tensor1d([...weights]),
      variable: batchOf(victim, variables),
      first: tf.zerosLike(clean),
      second: tf.zerosLike(clean),
      nearest: tf.clone(clean),
      nearestSquared: tf.fill([weights.length], Number.POSITIVE_INFINITY),
      objective: tf.zeros([weights.length]),
    }
  })
}

/** Evaluates the current iterate, remembers it where it is the nearest, and takes an Adam step. */
export function stepped(
  settings: DescentSettings,
  victim: Victim,
  state: Descent,
  step: number,
): Descent {
  const { clean, own, weights } = state
  const [low, high] = victim.bounds
  const half = (high - low) / 2
  const tanh = tf.tanh(state.variable)
  const point = tf.add(tf.mul(tanh, half), low + half)
  const shortfall = (logits: tf.Tensor2D) => tf.add(marginOf(logits, own), settings.confidence)
  const hinge: AttackLoss = logits => tf.mul(weights, tf.relu(shortfall(logits))) as tf.Tensor1D
  const { gradient, losses, logits } = victim.lossGradient!(point, hinge)
  const change = tf.sub(point, clean)
  const squared = tf.sum(
    tf.square(change),
    change.shape.slice(1).map((_, axis) => axis + 1),
  )
  const candidate = tf.where(
    tf.less(shortfall(logits), 0),
    squared,
    tf.fill(squared.shape, Number.POSITIVE_INFINITY),
  )
  const objective = tf.add(squared, losses)
  const slope = tf.mul(
    tf.add(tf.mul(change, 2), withoutNaN(gradient)),
    tf.mul(tf.sub(1, tf.square(tanh)), half),
  )
  tf.dispose([gradient, losses, logits])
  return {
    clean: tf.clone(clean),
    own: tf.clone(own),
    weights: tf.clone(weights),
    ...adamStep(settings.learningRate, state, slope, step),
    nearest: choose(tf.less(candidate, state.nearestSquared), point, state.nearest),
    nearestSquared: tf.minimum(candidate, state.nearestSquared),
    objective,
  }
}

/** The descent of some of the examples. */
export function gathered(state: Descent, rows: readonly number[]): Descent {
  const at = tf.tensor1d([...rows], 'int32')
  return {
    clean: tf.gather(state.clean, at),
    own: tf.gather(state.own, at),
    weights: tf.gather(state.weights, at),
    variable: tf.gather(state.variable, at),
    first: tf.gather(state.first, at),
    second: tf.gather(state.second, at),
    nearest: tf.gather(state.nearest, at),
    nearestSquared: tf.gather(state.nearestSquared, at),
    objective: tf.gather(state.objective, at),
  }
}

/** What `f` makes of a descent, which is freed. */
export function replaced(state: Descent, f: (state: Descent) => Descent): Descent {
  const next = tidied(() => f(state))
  tf.dispose(Object.values(state))
  return next
}

/** How far the true class is ahead of the likeliest other, `[batch]`. */
function marginOf(logits: tf.Tensor2D, own: tf.Tensor): tf.Tensor {
  const isOwn = tf.greater(own, 0)
  const others = tf.where(isOwn, tf.fill(logits.shape, Number.NEGATIVE_INFINITY), logits)
  return tf.sub(tf.sum(tf.mul(logits, own), 1), tf.max(others, 1))
}

function adamStep(
  learningRate: number,
  state: Descent,
  gradient: tf.Tensor,
  step: number,
): Pick<Descent, 'variable' | 'first' | 'second'> {
  const first = average(adam.first, state.first, gradient)
  const second = average(adam.second, state.second, tf.square(gradient))
  const length = tf.add(tf.sqrt(tf.div(second, 1 - adam.second ** step)), adam.epsilon)
  const direction = tf.div(tf.div(first, 1 - adam.first ** step), length)
  return { variable: tf.sub(state.variable, tf.mul(direction, learningRate)), first, second }
}

const average = (decay: number, before: tf.Tensor, now: tf.Tensor) =>
  tf.add(tf.mul(before, decay), tf.mul(now, 1 - decay))

/** The rows of `a` where the condition `[batch]` holds, those of `b` elsewhere. */
function choose(condition: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const mask = tf.reshape(tf.cast(condition, 'float32'), [
    a.shape[0]!,
    ...a.shape.slice(1).map(() => 1),
  ])
  return tf.add(tf.mul(a, mask), tf.mul(b, tf.sub(1, mask)))
}

/** `x` with NaN replaced by zero: an attack must not spread it. */
const withoutNaN = (x: tf.Tensor) => tf.where(tf.isNaN(x), tf.zerosLike(x), x)
