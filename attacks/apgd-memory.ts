import { tf } from '../src/engine/tf.ts'
import type { Run } from './open-rows.ts'

/** The victim's answer at the iterates. */
export interface Seen {
  /** `[rows · size]` */
  readonly x: Float32Array
  /** `[rows · size]` */
  readonly gradient: Float32Array
  /** `[rows]`; minus infinity where the loss is not a number. */
  readonly losses: Float32Array
  /** Whether the row is misclassified, `[rows]`. */
  readonly wrong: ArrayLike<number>
}

/** The iterate with the highest loss, of every row: `[rows · size]` and `[rows]`. */
interface Highest {
  readonly x: Float32Array
  readonly gradient: Float32Array
  readonly losses: Float32Array
}

/** What a run has seen of its rows. */
export interface Memory {
  /** Coordinates of one row. */
  readonly size: number
  /** The clean inputs, `[rows · size]`. */
  readonly clean: Float32Array
  readonly best: Highest
  /** Among the misclassified iterates. */
  readonly found: Highest
  /** Whether an iterate was misclassified, `[rows]`. */
  readonly success: boolean[]
  /** Model calls, `[rows]`. */
  readonly queries: Float32Array
}

/** @param x where the run starts, `[rows, ...]` */
export function createMemory(x: tf.Tensor, center: tf.Tensor): Memory {
  const batch = x.shape[0]!
  const highest = () => ({
    x: Float32Array.from(x.dataSync()),
    gradient: new Float32Array(x.size),
    losses: new Float32Array(batch).fill(-Infinity),
  })
  return {
    size: x.size / batch,
    clean: Float32Array.from(center.dataSync()),
    best: highest(),
    found: highest(),
    success: Array<boolean>(batch).fill(false),
    queries: new Float32Array(batch),
  }
}

/** Takes note of what was seen of a row, which stands at `at` in the batch. */
export function remember(memory: Memory, row: number, seen: Seen, at: number): void {
  const { size, best, found, success } = memory
  const loss = seen.losses[at]!
  const keep = (highest: Highest) => {
    for (const name of ['x', 'gradient'] as const) {
      highest[name].set(seen[name].subarray(at * size, (at + 1) * size), row * size)
    }
    highest.losses[row] = loss
  }
  if (loss > best.losses[row]!) keep(best)
  if (!seen.wrong[at]) return
  success[row] = true
  if (loss >= found.losses[row]!) keep(found)
}

/** In how many coordinates a row's best point differs from the clean one. */
export function changedCoordinates({ best, clean, size }: Memory, row: number): number {
  let count = 0
  for (let at = row * size; at < (row + 1) * size; at++) if (best.x[at] !== clean[at]) count += 1
  return count
}

/** Iterates and gradients, those of the rows that go back from their best point. */
export function backAtBest(
  { best, size }: Memory,
  seen: Seen,
  shape: number[],
  rows: readonly number[],
  goesBack: readonly boolean[],
): { readonly x: tf.Tensor; readonly gradient: tf.Tensor } {
  const restored = (name: 'x' | 'gradient') => {
    rows.forEach((row, at) => {
      if (!goesBack[at]) return
      seen[name].set(best[name].subarray(row * size, (row + 1) * size), at * size)
    })
    return tf.tensor(seen[name], shape)
  }
  return { x: restored('x'), gradient: restored('gradient') }
}

/** Misclassified iterates where there are any and they are asked for, else the best ones. */
export function outcome(
  { size, best, found, success, queries }: Memory,
  iterate: 'best-so-far' | 'highest-loss',
): Run {
  const broken = iterate === 'highest-loss' ? success.map(() => false) : success
  broken.forEach((isBroken, row) => {
    const [from, to] = [row * size, (row + 1) * size]
    if (isBroken) best.x.set(found.x.subarray(from, to), from)
  })
  return { adversarial: best.x, success: broken, queries, losses: best.losses }
}
