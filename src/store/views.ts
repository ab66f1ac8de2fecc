import { type Kysely, sql } from 'kysely'
import { attackConvergenceView } from './views/attack-convergence.ts'
import { attackOutcomesView } from './views/attack-outcomes.ts'
import { certifiedAccuracyView } from './views/certified-accuracy.ts'
import { corruptionAccuracyView } from './views/corruption-accuracy.ts'
import { corruptionSummaryView } from './views/corruption-summary.ts'
import { gradientByStepView } from './views/gradient-by-step.ts'
import { gradientVarianceView } from './views/gradient-variance.ts'
import { matchedPairsView } from './views/matched-pairs.ts'
import { nightlyTrendView } from './views/nightly-trend.ts'
import { robustAccuracyView } from './views/robust-accuracy.ts'
import { runsView } from './views/runs.ts'
import type { View } from './views/view.ts'
import { worstCaseView } from './views/worst-case.ts'

/** The views for people, in an order in which each uses only those before it. */
export const views: readonly View<object>[] = Object.freeze([
  runsView,
  robustAccuracyView,
  attackOutcomesView,
  attackConvergenceView,
  matchedPairsView,
  worstCaseView,
  gradientVarianceView,
  gradientByStepView,
  corruptionAccuracyView,
  corruptionSummaryView,
  certifiedAccuracyView,
  nightlyTrendView,
])

/**
 * Drops all views; for migrations that change a table, which SQLite refuses while a view reads one
 * that is not there yet.
 */
export async function dropViews(database: Kysely<unknown>): Promise<void> {
  for (const view of views.toReversed()) {
    await sql`drop view if exists ${sql.id(view.name)}`.execute(database)
  }
}

/** Creates all views anew; for migrations, which run in a transaction. */
export async function replaceViews(database: Kysely<unknown>): Promise<void> {
  await dropViews(database)
  for (const view of views) {
    await sql`create view ${sql.id(view.name)} as ${sql.raw(view.sql)}`.execute(database)
  }
}
