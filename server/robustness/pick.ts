import type { EvaluationRow } from '../../src/store/queries/evaluations.ts'
import type { Source } from '../schemas/robustness.ts'

/** One evaluation chosen for a curve's point. */
export interface Picked {
  readonly id: string
  readonly model: string
  readonly attack: string
  readonly epsilon: number
  /** Null for a white-box attack. */
  readonly craftedOn: Source | null
}

/**
 * One evaluation for each model, attack, epsilon and kind of source.
 *
 * Where there are several (other steps or restarts, another source seed) the first of these
 * decides: a source from the model's own pair, more examples, the attack that hurt more.
 */
export function pick(rows: readonly EvaluationRow[], pairs: ReadonlyMap<string, string>): Picked[] {
  const ranked = [...rows].sort(
    (a, b) =>
      Number(foreign(a, pairs)) - Number(foreign(b, pairs)) ||
      b.n - a.n ||
      a.robust_correct / a.n - b.robust_correct / b.n,
  )
  const picked = new Map<string, Picked>()
  for (const row of ranked) {
    const one = toPicked(row)
    const key = JSON.stringify([one.model, one.attack, one.epsilon, one.craftedOn])
    if (!picked.has(key)) picked.set(key, one)
  }
  return [...picked.values()]
}

/** An evaluation in the terms of the curves. */
export function toPicked(row: EvaluationRow): Picked {
  const { id, model_id: model, attack, epsilon } = row
  const white = row.crafted_on === row.model_id
  const craftedOn = white ? null : { arm: row.source_arm, architecture: row.source_architecture }
  return { id, model, attack, epsilon, craftedOn }
}

function foreign(row: EvaluationRow, pairs: ReadonlyMap<string, string>): boolean {
  return row.source_pair !== pairs.get(row.model_id)
}
