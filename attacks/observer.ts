import type { LossName } from './losses.ts'

/** What one iteration of an attack shows of the rows that it was made on. */
export interface Iteration {
  /** Counted from 1 through all restarts; the start of each counts as one. */
  readonly iteration: number
  /** The last one that there can be: the same for every batch. */
  readonly last: number
  /** What the attack raises. */
  readonly loss: LossName
  /** Its value at the iterates, `[rows]`. */
  readonly losses: ArrayLike<number>
  /** Whether each iterate is misclassified, `[rows]`. */
  readonly wrong: ArrayLike<number | boolean>
}

/**
 * Looks on while an attack runs, at values that the attack has computed for itself: it costs no model
 * call and changes no result.
 */
export interface Observer {
  /** @param rows of the batch, where the values belong */
  see(rows: readonly number[], iteration: Iteration): void
  /** The same for some rows of the batch, which count as a batch of their own. */
  rows(rows: readonly number[]): Observer
  /** The same for one part of a composed attack. */
  part(name: string): Observer
}

/** Takes what one run shows; steps count from 0, its start. */
export type RunObserver = (
  rows: readonly number[],
  step: number,
  losses: ArrayLike<number>,
  wrong: ArrayLike<number | boolean>,
) => void

/** Which of several runs of equal length is observed. */
export interface ObservedRun {
  readonly loss: LossName
  /** Counts from 0. */
  readonly run: number
  readonly runs: number
  /** Iterates of one run, its start among them. */
  readonly length: number
}

/** What one of several runs shows, in the terms of all of them. */
export function observeRun(
  observer: Observer | undefined,
  { loss, run, runs, length }: ObservedRun,
): RunObserver | undefined {
  if (!observer) return undefined
  return (rows, step, losses, wrong) => {
    const iteration = run * length + step + 1
    observer.see(rows, { iteration, last: runs * length, loss, losses, wrong })
  }
}
