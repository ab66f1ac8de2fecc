import { tf } from '../src/engine/tf.ts'
import type { AttackLoss } from './victim.ts'

/** A loss as it is written in a plan: cross-entropy, margin, difference of logits ratio. */
export const lossNames = ['ce', 'margin', 'dlr'] as const

export type LossName = (typeof lossNames)[number]

/** So that a ratio of logits that are all equal stays finite. */
const tiny = 1e-12

/**
 * The loss that an attack raises to leave the class `labels`, or to reach the class `targets`.
 *
 * @param labels `[batch]`, int32: the true classes
 * @param targets `[batch]`, int32: the classes aimed at
 */
export function attackLoss(
  name: LossName,
  labels: tf.Tensor1D,
  targets: tf.Tensor1D | undefined,
): AttackLoss {
  if (!targets) return { ce: crossEntropy, margin, dlr }[name](labels)
  return {
    ce: () => targetedCrossEntropy(targets),
    margin: () => targetedMargin(targets),
    dlr: () => targetedDlr(labels, targets),
  }[name]()
}

/**
 * Cross-entropy of the labels, `log Σ exp z − z_y`.
 *
 * @param labels `[batch]`, int32: the true classes
 */
export function crossEntropy(labels: tf.Tensor1D): AttackLoss {
  return logits => tf.tidy(() => tf.neg(pick(tf.logSoftmax(logits), labels)))
}

/**
 * Log-probability of the targets, `z_t − log Σ exp z`: the negated cross-entropy, to be raised.
 *
 * @param targets `[batch]`, int32: the classes aimed at
 */
export function targetedCrossEntropy(targets: tf.Tensor1D): AttackLoss {
  return logits => tf.tidy(() => pick(tf.logSoftmax(logits), targets))
}

/**
 * How far another class is ahead of the label, `max_{i≠y} zᵢ − z_y`: positive where the label has
 * lost.
 *
 * @param labels `[batch]`, int32: the true classes
 */
export function margin(labels: tf.Tensor1D): AttackLoss {
  return logits => tf.tidy(() => tf.sub(bestOther(logits, labels), pick(logits, labels)))
}

/**
 * How far the target is ahead of every other class, `z_t − max_{i≠t} zᵢ`.
 *
 * @param targets `[batch]`, int32: the classes aimed at
 */
export function targetedMargin(targets: tf.Tensor1D): AttackLoss {
  return logits => tf.tidy(() => tf.sub(pick(logits, targets), bestOther(logits, targets)))
}

/**
 * Difference of logits ratio, `−(z_y − max_{i≠y} zᵢ) / (z_π₁ − z_π₃)` with `π` the descending order
 * of the logits: it does not change when they are scaled. With two classes there is no third, and
 * any scale made of the two would leave a constant without gradient: there it is the margin.
 *
 * @param labels `[batch]`, int32: the true classes
 * @see Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse
 * parameter-free attacks", 2020
 */
export function dlr(labels: tf.Tensor1D): AttackLoss {
  const lead = margin(labels)
  return logits =>
    tf.tidy(() => {
      if (logits.shape[1] < 3) return lead(logits)
      const [first, , third] = descending(logits, 3)
      return tf.div(lead(logits), tf.add(tf.sub(first!, third!), tiny)) as tf.Tensor1D
    })
}

/**
 * Targeted difference of logits ratio, `−(z_y − z_t) / (z_π₁ − ½ (z_π₃ + z_π₄))`. With fewer than
 * four classes it is `z_t − z_y`: a scale of three logits can equal the difference itself, and the
 * ratio would be a constant without gradient.
 *
 * @param labels `[batch]`, int32: the true classes
 * @param targets `[batch]`, int32: the classes aimed at
 * @see Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse
 * parameter-free attacks", 2020
 */
export function targetedDlr(labels: tf.Tensor1D, targets: tf.Tensor1D): AttackLoss {
  return logits =>
    tf.tidy(() => {
      const lead = tf.sub<tf.Tensor1D>(pick(logits, targets), pick(logits, labels))
      if (logits.shape[1] < 4) return lead
      const [first, , third, fourth] = descending(logits, 4)
      const middle = tf.mul(tf.add(third!, fourth!), 0.5)
      return tf.div(lead, tf.add(tf.sub(first!, middle), tiny)) as tf.Tensor1D
    })
}

/** One where the class is, `[batch, classes]`, float32. */
function oneHot(classes: tf.Tensor1D, logits: tf.Tensor2D): tf.Tensor2D {
  return tf.oneHot(classes, logits.shape[1]) as tf.Tensor2D
}

/** Each row's value at its class, `[batch]`. */
function pick(values: tf.Tensor2D, classes: tf.Tensor1D): tf.Tensor1D {
  return tf.sum(tf.mul(values, oneHot(classes, values)), 1)
}

/** The values with minus infinity at the class: zero would win over negative logits. */
function without(values: tf.Tensor2D, classes: tf.Tensor1D): tf.Tensor2D {
  return tf.where(tf.cast(oneHot(classes, values), 'bool'), -Infinity, values)
}

/** The highest logit among the other classes, `[batch]`; of equal ones the first has the slope. */
function bestOther(logits: tf.Tensor2D, classes: tf.Tensor1D): tf.Tensor1D {
  return pick(logits, tf.argMax(without(logits, classes), 1))
}

/**
 * The `count` highest logits of each row in descending order, each `[batch]`. They are found one by
 * one because sorting has no gradient.
 */
function descending(logits: tf.Tensor2D, count: number): tf.Tensor1D[] {
  let rest = logits
  return Array.from({ length: count }, () => {
    const place: tf.Tensor1D = tf.argMax(rest, 1)
    rest = without(rest, place)
    return pick(logits, place)
  })
}
