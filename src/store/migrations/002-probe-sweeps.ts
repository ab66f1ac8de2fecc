import { type Kysely, sql } from 'kysely'
import { dropViews, replaceViews } from '../views.ts'

/**
 * Probes name their estimator, the size of the network and what an estimate costs, and compare it
 * to the gradient of the smoothed objective. What was measured before has no values there, but the
 * depth, which is counted.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await dropViews(database)
  for (const column of columns) {
    await sql.raw(`alter table gradient_probe add column ${column}`).execute(database)
  }
  await sql`
    update gradient_probe set depth =
      (select count(*) from gradient_probe as site where site.id = gradient_probe.id)`.execute(
    database,
  )
  await replaceViews(database)
}

const notNegative = (column: string) => `${column} real check (${column} >= 0)`
const positive = (column: string) => `${column} integer check (${column} > 0)`

const columns = [
  'estimator_config text',
  positive('depth'),
  positive('width'),
  notNegative('forwards'),
  notNegative('variance_time'),
  notNegative('bias_clean'),
  notNegative('bias_clean_resolution'),
  positive('reference_copies'),
  notNegative('smoothed_norm'),
  'cosine_smoothed real check (cosine_smoothed between -1 and 1)',
  notNegative('bias_smoothed'),
  notNegative('bias_smoothed_resolution'),
]
