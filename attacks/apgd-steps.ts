/** How far every row steps, and when it goes back to the best point that it has seen. */
export interface AdaptiveSteps {
  /** Length of the next step of each row, `[rows]`. */
  readonly lengths: Float32Array
  /** Coordinates that the next step moves in L1, `[rows]`. */
  readonly counts: readonly number[]
  /**
   * Takes note of one step of a row.
   *
   * @param step counted from 1
   * @param best the highest loss that the row has seen
   * @param changed coordinates in which the best point differs from the clean one; called at
   * checkpoints in L1 only
   * @returns whether the row goes back to its best point
   */
  observe(row: number, step: number, loss: number, best: number, changed: () => number): boolean
}

/** Steps are reviewed after so many of them: at .22, .41, .57, … of the run. */
export function checkpoints(steps: number): number[] {
  const part = (share: number) => Math.max(Math.trunc(share * steps), 1)
  const found: number[] = []
  let window = part(0.22)
  for (let at = window; at <= steps; at += window) {
    found.push(at)
    window = Math.max(window - part(0.03), part(0.06))
  }
  return found
}

/**
 * The rule for Linf and L2: a step starts at twice the radius and is halved at a checkpoint where
 * the loss rose in too few steps since the last one, or where the best loss is what it was there
 * and the step was not halved there.
 *
 * @param starts loss of each row at its start
 * @param rho share of the steps that must raise the loss
 * @see Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse
 * parameter-free attacks", 2020
 */
export function halvedSteps(
  starts: Float32Array,
  steps: number,
  epsilon: number,
  rho: number,
): AdaptiveSteps {
  const ends = checkpoints(steps)
  const windows = new Map(ends.map((end, at) => [end, end - (ends[at - 1] ?? 0)]))
  const lengths = starts.map(() => 2 * epsilon)
  const last = starts.slice()
  const rises = starts.map(() => 0)
  const reviewedBest = starts.slice()
  const halvedBefore = Array<boolean>(starts.length).fill(true)
  return {
    lengths,
    counts: [],
    observe(row, step, loss, best) {
      if (loss > last[row]!) rises[row]! += 1
      last[row] = loss
      const window = windows.get(step)
      if (window === undefined) return false
      const stuck = !halvedBefore[row] && reviewedBest[row]! >= best
      const halve = stuck || rises[row]! <= rho * window
      if (halve) lengths[row]! /= 2
      halvedBefore[row] = halve
      reviewedBest[row] = best
      rises[row] = 0
      return halve
    },
  }
}

/** A best point this much sparser than the one before counts as progress. */
const sparser = 0.95

/** What step lengths and the number of moved coordinates shrink by. */
const reduction = 1.5

/** Share of the coordinates that a first step from the clean point moves. */
const firstShare = 0.2

/**
 * The rule for L1: a step moves two thirds as many coordinates as the best point has changed. At
 * every checkpoint, each .04 of the run, a row whose best point became sparser starts over from it
 * with the full step, the radius; the others step two thirds as far, down to a tenth of the radius.
 *
 * @param changes coordinates in which each row's start differs from the clean point
 * @param size coordinates of one row
 * @see Croce and Hein, "Mind the box: l1-APGD for sparse adversarial attacks on image classifiers",
 * 2021
 */
export function sparseSteps(
  changes: readonly number[],
  size: number,
  steps: number,
  epsilon: number,
): AdaptiveSteps {
  const window = Math.max(Math.trunc(0.04 * steps), 1)
  const moved = (share: number) => Math.min(Math.max(Math.ceil(share * size), 1), size)
  const before = [...changes]
  const counts = before.map(n => moved(n > 0 ? n / size / reduction : firstShare))
  const lengths = new Float32Array(changes.length).fill(epsilon)
  return {
    lengths,
    counts,
    observe(row, step, _loss, _best, changed) {
      if (step % window !== 0) return false
      const now = changed()
      const restart = now / before[row]! < sparser
      lengths[row] = restart ? epsilon : Math.max(lengths[row]! / reduction, epsilon / 10)
      counts[row] = moved(now / size / reduction)
      before[row] = now
      return restart
    },
  }
}
