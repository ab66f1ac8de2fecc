import { wilson } from '../src/statistics/wilson.ts'
import type { RunRow } from '../src/store/queries/runs.ts'
import type { Run } from './schemas/runs.ts'

/** A row of the database as the API lists it; the clean accuracy gets its Wilson interval. */
export function toRun(row: RunRow): Run {
  const clean = row.clean_accuracy
  const interval =
    clean === null ? null : wilson(Math.round(clean * row.test_count), row.test_count)
  return {
    id: row.id,
    dataset: row.dataset,
    architecture: row.architecture,
    arm: row.arm,
    seed: row.seed,
    state: row.state,
    updates: row.updates,
    forwards: row.forwards,
    seconds: row.seconds,
    cleanAccuracy: clean,
    cleanLow: interval?.low ?? null,
    cleanHigh: interval?.high ?? null,
    testCount: row.test_count,
    evaluations: row.evaluations ?? 0,
    engine: row.engine,
    createdAt: row.created_at,
  }
}
