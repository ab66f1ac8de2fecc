import type { Insertable, Kysely } from 'kysely'
import { atomically } from '../store/atomically.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import type { Schema } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { NightlyChangeTable, NightlyMeasureTable } from '../store/tables/nightly.ts'
import type { NightlyComparison } from './compare-stores.ts'
import type { Change } from './judge.ts'
import type { Measurement } from './measurement.ts'

const chunkRows = 500

/** Keeps what an execution measured, as it is now, and the commits that it was made at. */
export async function saveMeasures(
  store: Kysely<Schema>,
  nightlyId: string,
  measurements: readonly Measurement[],
  commits: string | null,
): Promise<void> {
  const rows = measurements.flatMap((one, position) => (one.plain ? [{ one, position }] : []))
  await atomically(store, async transaction => {
    await transaction.updateTable('nightly').set({ commits }).where('id', '=', nightlyId).execute()
    await transaction.deleteFrom('nightly_measure').where('nightly_id', '=', nightlyId).execute()
    await insertAll(
      transaction,
      'nightly_measure',
      rows.map(({ one, position }): Insertable<NightlyMeasureTable> => {
        const { seed, value, n } = one
        return {
          nightly_id: nightlyId,
          position,
          ...subject(one),
          seed,
          value,
          n,
          model_id: one.model,
        }
      }),
    )
  })
}

/** Keeps how an execution compares with an earlier one. */
export async function saveComparison(
  store: Kysely<Schema>,
  nightlyId: string,
  comparison: NightlyComparison,
): Promise<void> {
  const { against, alarms, changes, settings } = comparison
  await atomically(store, async transaction => {
    await transaction.deleteFrom('nightly_comparison').where('nightly_id', '=', nightlyId).execute()
    await transaction
      .insertInto('nightly_comparison')
      .values({
        nightly_id: nightlyId,
        against_id: against.id,
        against_place: against.place,
        against_started_at: against.startedAt,
        against_commits: against.commits,
        alpha: alarms.alpha,
        least_points: alarms.leastPoints,
        family: comparison.family,
        reused: comparison.reused,
        only_before: comparison.onlyBefore.length,
        only_now: comparison.onlyNow.length,
        settings_changed: canonicalJson(settings),
        created_at: new Date().toISOString(),
      })
      .execute()
    const rows = changes.map((one, position) => changeRow(nightlyId, one, position))
    await insertAll(transaction, 'nightly_change', rows)
  })
}

function changeRow(
  nightlyId: string,
  change: Change,
  position: number,
): Insertable<NightlyChangeTable> {
  const { verdict, seed, before, now, difference, low, high, test } = change
  const { n, seeds, lost, won, p, holm, note, model } = change
  return {
    ...{ nightly_id: nightlyId, position, verdict, ...subject(change), seed },
    ...{ before, now, difference, low, high, test, n, seeds, lost, won, p, holm, note },
    model_id: model,
  }
}

function subject(one: Measurement | Change) {
  const { metric, dataset, architecture, arm, variant, attack, norm, epsilon, detail } = one
  return { metric, dataset, architecture, arm, variant, attack, norm, epsilon, detail }
}

/**
 * Takes the history of a plan along from another results folder: its executions with what they
 * measured and how they compared, without their models. What is here already stays.
 *
 * @param place what that folder is called
 */
export async function takeHistory(
  store: Store,
  from: Store,
  plan: string,
  place: string,
): Promise<void> {
  const known = await store.selectFrom('nightly').where('plan', '=', plan).select('id').execute()
  const here = new Set(known.map(({ id }) => id))
  const nightlies = await from
    .selectFrom('nightly')
    .where('plan', '=', plan)
    .where('state', '<>', 'running')
    .selectAll()
    .execute()
  const fresh = nightlies.filter(({ id }) => !here.has(id))
  const ids = fresh.map(({ id }) => id)
  if (ids.length === 0) return
  const tables = ['nightly_measure', 'nightly_comparison', 'nightly_change'] as const
  await atomically(store, async transaction => {
    await insertAll(
      transaction,
      'nightly',
      fresh.map(row => ({ ...row, origin: row.origin ?? place })),
    )
    for (const table of tables) {
      for (const id of ids) {
        const rows = await from.selectFrom(table).where('nightly_id', '=', id).selectAll().execute()
        await insertAll(transaction, table, rows)
      }
    }
  })
}

async function insertAll<Table extends keyof Schema>(
  store: Kysely<Schema>,
  table: Table,
  rows: readonly object[],
): Promise<void> {
  for (let first = 0; first < rows.length; first += chunkRows) {
    await store
      .insertInto(table)
      .values(rows.slice(first, first + chunkRows) as never)
      .execute()
  }
}
