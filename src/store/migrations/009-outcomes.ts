import { type Kysely, sql } from 'kysely'
import { fillOutcomes } from '../fill-outcomes.ts'
import { dropViews, replaceViews } from '../views.ts'

/**
 * What every evaluation decided, as one text an evaluation, so that a page need not read a row an
 * example; and indexes that hold all that the lists of what can be chosen are made of.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await dropViews(database)
  for (const statement of [table, ...triggers, ...indexes]) {
    await sql.raw(statement).execute(database)
  }
  await fillOutcomes(database)
  await replaceViews(database)
}

const table = `
  create table evaluation_outcome (
    evaluation_id text not null primary key references evaluation (id) on delete cascade,
    codes text not null check (codes <> '')
  ) strict, without rowid`

const changedRows = {
  insert: 'new.evaluation_id',
  update: 'old.evaluation_id, new.evaluation_id',
  delete: 'old.evaluation_id',
}

/** The text goes with any change of the examples, whoever makes it, and is never out of date. */
const triggers = Object.entries(changedRows).map(
  ([change, ids]) => `
    create trigger example_${change} after ${change} on example begin
      delete from evaluation_outcome where evaluation_id in (${ids});
    end`,
)

const indexes = [
  'create index dataset_name on dataset (name)',
  'create index evaluation_choice on evaluation (model_id, norm, attack, inference, purpose, n)',
  'create index evaluation_created on evaluation (created_at, id)',
]
