import type { Norm } from '../../attacks/attack.ts'

/** Examples as they are stored: legal by construction, with the size of their change. */
export interface Clipped {
  /** `[count · size]` */
  readonly adversarial: Float32Array
  /** Largest absolute change of each example. */
  readonly linf: Float32Array
  /** Euclidean norm of the change of each example. */
  readonly l2: Float32Array
}

/** float32 rounding may leave a change this much larger than the radius, relatively. */
const slack = 1e-6

/**
 * Forces what an attack returned into the ball and the box [0, 1], in float32, so that no attack
 * can overstate itself. A value that is not a number becomes the clean one.
 *
 * @param clean `[count · size]`, each value in [0, 1]
 * @param size values of one example
 * @throws RangeError where lengths differ: the attack changed the shape
 */
export function clipToThreatModel(
  clean: Float32Array,
  crafted: Float32Array,
  size: number,
  norm: Norm,
  epsilon: number,
): Clipped {
  if (crafted.length !== clean.length) {
    throw new RangeError(`invalid attack: ${crafted.length} values returned for ${clean.length}`)
  }
  const count = clean.length / size
  const adversarial = new Float32Array(clean.length)
  const linf = new Float32Array(count)
  const l2 = new Float32Array(count)
  for (let example = 0; example < count; example++) {
    const from = example * size
    const scale = norm === 'l2' ? shrinkToBall(clean, crafted, from, size, epsilon) : 1
    let largest = 0
    let squares = 0
    for (let at = from; at < from + size; at++) {
      const origin = clean[at]!
      const wanted = crafted[at]!
      let change = Number.isNaN(wanted) ? 0 : (wanted - origin) * scale
      if (norm === 'linf') change = Math.min(Math.max(change, -epsilon), epsilon)
      adversarial[at] = Math.min(Math.max(origin + change, 0), 1)
      const stored = Math.abs(adversarial[at]! - origin)
      largest = Math.max(largest, stored)
      squares += stored * stored
    }
    linf[example] = largest
    l2[example] = Math.sqrt(squares)
  }
  return { adversarial, linf, l2 }
}

/** What a change must be multiplied with to have Euclidean norm epsilon at most. */
function shrinkToBall(
  clean: Float32Array,
  crafted: Float32Array,
  from: number,
  size: number,
  epsilon: number,
): number {
  let squares = 0
  for (let at = from; at < from + size; at++) {
    const wanted = crafted[at]!
    if (!Number.isNaN(wanted)) squares += (wanted - clean[at]!) ** 2
  }
  const length = Math.sqrt(squares)
  return length > epsilon * (1 + slack) ? epsilon / length : 1
}
