import type { EvaluationRow } from '../../src/store/queries/evaluations.ts'
import { by } from '../settings.ts'

/** Evaluations that a worst case may be made of, and what it is made without. */
export interface MetByAll {
  readonly common: readonly EvaluationRow[]
  /** White-box attacks that only some models of the seeds which are kept have met. */
  readonly leftOut: readonly EvaluationRow[]
  /** Evaluations of models whose pair has not met all that others have, as while a plan is running. */
  readonly incomplete: readonly EvaluationRow[]
}

/**
 * What a worst case is made of at each radius: the white-box attacks that all models of a pair have met
 * with the same options, of that pair which has met most; only pairs that have met all of these count.
 * A worst case over fewer attacks is higher, whatever the model, and one over transferred examples
 * alone is none. Transferred examples come from a plan, which crosses all models, and are kept.
 *
 * @param pairs the pair of each model, by its id
 */
export function metByAll(
  rows: readonly EvaluationRow[],
  pairs: ReadonlyMap<string, string>,
): MetByAll {
  const found = [...by(rows, row => row.epsilon).values()].map(here => atRadius(here, pairs))
  return {
    common: found.flatMap(({ common }) => common),
    leftOut: found.flatMap(({ leftOut }) => leftOut),
    incomplete: found.flatMap(({ incomplete }) => incomplete),
  }
}

function atRadius(here: readonly EvaluationRow[], pairs: ReadonlyMap<string, string>): MetByAll {
  const groups = [...by(here, row => pairs.get(row.model_id)).values()].map(group => ({
    group,
    met: sharedAttacks(group),
  }))
  const [{ met: wanted }] = groups.toSorted((a, b) => b.met.size - a.met.size) as [
    (typeof groups)[number],
  ]
  const complete = groups.filter(({ met }) => wanted.size > 0 && [...wanted].every(a => met.has(a)))
  const kept = complete.flatMap(({ group }) => group)
  const isCommon = (row: EvaluationRow) => !isWhite(row) || wanted.has(signature(row))
  return {
    common: kept.filter(isCommon),
    leftOut: kept.filter(row => !isCommon(row)),
    incomplete: groups.filter(one => !complete.includes(one)).flatMap(({ group }) => group),
  }
}

/** White-box attacks that every model among these has met. */
function sharedAttacks(rows: readonly EvaluationRow[]): ReadonlySet<string> {
  const models = new Set(rows.map(row => row.model_id)).size
  const met = by(rows.filter(isWhite), signature)
  const shared = [...met].filter(
    ([, alike]) => new Set(alike.map(row => row.model_id)).size === models,
  )
  return new Set(shared.map(([attack]) => attack))
}

const isWhite = (row: EvaluationRow) => row.crafted_on === row.model_id

const signature = (row: EvaluationRow) => JSON.stringify([row.attack_config, row.n])
