import { summarise } from '../../src/statistics/mean.ts'
import type { LearningCurveRow } from '../../src/store/queries/learning-curves.ts'
import type { LearningSeries, LearningStep } from '../schemas/learning.ts'
import type { Series } from '../schemas/settings.ts'
import { by } from '../settings.ts'

/** The curves of one series' models as one, point by point after equally many updates. */
export function learningOf(series: Series, rows: readonly LearningCurveRow[]): LearningSeries {
  const ids = series.models.map(({ id }) => id)
  const own = ids.flatMap(id => rows.filter(row => row.model_id === id))
  return {
    key: series.key,
    arm: series.arm,
    seeds: series.models.map(({ seed }) => seed),
    steps: [...by(own, row => row.updates).values()]
      .map(toStep)
      .sort((a, b) => a.updates - b.updates),
  }
}

function toStep(rows: readonly LearningCurveRow[]): LearningStep {
  return {
    updates: rows[0]!.updates,
    forwards: summarise(rows.map(row => row.forwards)).mean,
    seconds: summarise(rows.map(row => row.seconds)).mean,
    accuracy: spread(rows.map(row => row.test_accuracy)),
    loss: spread(rows.map(row => row.train_loss)),
  }
}

function spread(values: readonly (number | null)[]): LearningStep['accuracy'] {
  const seeds = values.filter(value => value !== null)
  if (seeds.length === 0) return null
  const { mean, low, high } = summarise(seeds)
  return { mean, low, high, seeds }
}
