import { type Kysely, sql } from 'kysely'
import { dropViews, replaceViews } from '../views.ts'
import { rebuildTable } from './rebuild-table.ts'

/**
 * What was decided on every corrupted image, so that two executions are compared image by image; and
 * natural corruptions, certificates and verdicts among what an execution is compared by.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await dropViews(database)
  await sql.raw('alter table corruption_accuracy add column codes text').execute(database)
  for (const table of ['nightly_measure', 'nightly_change']) {
    await rebuildTable(database, table, [
      "'worst', 'cosine'",
      "'worst', 'corrupted', 'certified', 'verdict', 'cosine'",
    ])
  }
  await replaceViews(database)
}
