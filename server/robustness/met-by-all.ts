import type { EvaluationRow } from '../../src/store/queries/evaluations.ts'
import { by } from '../settings.ts'

/** Evaluations that a worst case may be made of, and those that it may not. */
export interface MetByAll {
  readonly common: readonly EvaluationRow[]
  readonly leftOut: readonly EvaluationRow[]
}

/**
 * Parts white-box attacks that every attacked model has met at a radius, with the same options, from
 * those that some have not: a worst case over more attacks is lower, whatever the model. Transferred
 * examples come from a plan, which crosses all models, and are kept.
 */
export function metByAll(rows: readonly EvaluationRow[]): MetByAll {
  const common: EvaluationRow[] = []
  const leftOut: EvaluationRow[] = []
  for (const here of by(rows, row => row.epsilon).values()) {
    const models = new Set(here.map(row => row.model_id)).size
    for (const alike of by(here, signature).values()) {
      const met = new Set(alike.map(row => row.model_id)).size
      const kept = met === models || !isWhite(alike[0]!)
      ;(kept ? common : leftOut).push(...alike)
    }
  }
  return { common, leftOut }
}

const isWhite = (row: EvaluationRow) => row.crafted_on === row.model_id

const signature = (row: EvaluationRow) => JSON.stringify([isWhite(row), row.attack_config, row.n])
