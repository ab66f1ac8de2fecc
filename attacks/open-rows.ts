import { tf } from '../src/engine/tf.ts'
import { tidied } from '../src/engine/tidied.ts'
import type { Crafted } from './attack.ts'
import type { AttackRandom } from './attack-random.ts'

/** The rows of a batch that no run has broken yet. */
export interface OpenRows {
  /** Where they stand in the whole batch. */
  readonly rows: readonly number[]
  /** The clean inputs, `[rows, ...]`. */
  readonly x: tf.Tensor
  /** The true classes, `[rows]`, int32. */
  readonly labels: tf.Tensor1D
  readonly random: AttackRandom
}

/** What one run found for the rows it was given. */
export interface Run {
  /** `[rows · size]` */
  readonly adversarial: Float32Array
  /** Whether the row is misclassified there and needs no further run, `[rows]`. */
  readonly success: readonly boolean[]
  /** Model calls spent on each row, `[rows]`. */
  readonly queries: Float32Array
  /** Which of two runs that failed to keep: the one with the higher loss; without it the later. */
  readonly losses?: Float32Array
}

/**
 * Runs an attack round by round, each time on the rows that no earlier round broke.
 *
 * @param x `[batch, ...]`
 * @param labels `[batch]`, int32
 * @param run one round; the tensors that it is given are freed after it
 */
export function untilBroken(
  x: tf.Tensor,
  labels: tf.Tensor1D,
  random: AttackRandom,
  rounds: number,
  run: (open: OpenRows, round: number) => Run,
): Crafted {
  const batch = x.shape[0]!
  const size = x.size / batch
  const adversarial = Float32Array.from(x.dataSync())
  const queries = new Float32Array(batch)
  const highest = new Float32Array(batch).fill(-Infinity)
  let rows = [...Array(batch).keys()]
  for (let round = 0; round < rounds && rows.length > 0; round++) {
    const open = gatherAll({ x, labels }, rows)
    const found = run({ ...open, rows, random: random.rows(rows) }, round)
    tf.dispose([open.x, open.labels])
    rows.forEach((row, at) => {
      queries[row]! += found.queries[at]!
      if (!found.success[at] && found.losses) {
        if (!(found.losses[at]! > highest[row]!)) return
        highest[row] = found.losses[at]!
      }
      adversarial.set(found.adversarial.subarray(at * size, (at + 1) * size), row * size)
    })
    rows = rows.filter((_, at) => !found.success[at])
  }
  return { adversarial: tf.tensor(adversarial, x.shape), queries }
}

/**
 * Some rows of every tensor, without repetition and in their order; they belong to the caller.
 */
export function gatherAll<Tensors extends object>(
  tensors: Tensors,
  rows: readonly number[],
): Tensors {
  return tidied(() => {
    const places = tf.tensor1d([...rows], 'int32')
    const gathered = Object.entries(tensors as Record<string, tf.Tensor>).map(
      ([name, tensor]) =>
        [
          name,
          rows.length === tensor.shape[0] ? tf.clone(tensor) : tf.gather(tensor, places),
        ] as const,
    )
    return Object.fromEntries(gathered) as Tensors
  })
}
