import type { Norm } from '../../attacks/attack.ts'

/** Examples as they are stored: legal by construction, with the size of their change. */
export interface Clipped {
  /** `[count · size]` */
  readonly adversarial: Float32Array
  /** Largest absolute change of each example. */
  readonly linf: Float32Array
  /** Euclidean norm of the change of each example. */
  readonly l2: Float32Array
  /** Sum of the absolute changes of each example. */
  readonly l1: Float32Array
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
  const l1 = new Float32Array(count)
  for (let example = 0; example < count; example++) {
    const from = example * size
    const scale = norm === 'linf' ? 1 : shrinkToBall(clean, crafted, from, size, norm, epsilon)
    let largest = 0
    let squares = 0
    let sum = 0
    for (let at = from; at < from + size; at++) {
      const origin = clean[at]!
      const wanted = inBox(crafted[at]!)
      let change = Number.isNaN(wanted) ? 0 : (wanted - origin) * scale
      if (norm === 'linf') change = Math.min(Math.max(change, -epsilon), epsilon)
      adversarial[at] = scale < 1 ? roundedInwards(origin, change) : origin + change
      const stored = Math.abs(adversarial[at]! - origin)
      largest = Math.max(largest, stored)
      squares += stored * stored
      sum += stored
    }
    linf[example] = largest
    l2[example] = Math.sqrt(squares)
    l1[example] = sum
  }
  return { adversarial, linf, l2, l1 }
}

/** What a change must be multiplied with to have norm epsilon at most. */
function shrinkToBall(
  clean: Float32Array,
  crafted: Float32Array,
  from: number,
  size: number,
  norm: 'l2' | 'l1',
  epsilon: number,
): number {
  let squares = 0
  let sum = 0
  for (let at = from; at < from + size; at++) {
    const change = inBox(crafted[at]!) - clean[at]!
    if (Number.isNaN(change)) continue
    squares += change ** 2
    sum += Math.abs(change)
  }
  const length = norm === 'l2' ? Math.sqrt(squares) : sum
  return length > epsilon * (1 + slack) ? epsilon / length : 1
}

const inBox = (value: number) => Math.min(Math.max(value, 0), 1)

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** `origin + change`, within [0, 1], as the float32 that is not further from `origin` than that. */
function roundedInwards(origin: number, change: number): number {
  float[0] = origin + change
  if (Math.abs(float[0]! - origin) > Math.abs(change)) bits[0]! -= Math.sign(change)
  return float[0]!
}
