import { type Kysely, sql } from 'kysely'
import { dropViews, replaceViews } from '../views.ts'

/**
 * What each execution of a plan measured, as it was then, and how that compares with an earlier one:
 * the history stays when the next execution measures into a fresh folder and takes it along.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await dropViews(database)
  for (const statement of statements) await sql.raw(statement).execute(database)
  await replaceViews(database)
}

const metrics = ['clean', 'robust', 'worst', 'cosine', 'variance', 'seconds', 'state']
const verdicts = ['regression', 'improvement', 'small', 'unchanged', 'undecided', 'reported']

const oneOf = (column: string, values: readonly string[]) =>
  `${column} text not null check (${column} in (${values.map(value => `'${value}'`).join(', ')}))`
const count = (column: string) => `${column} integer not null check (${column} >= 0)`
const share = (column: string) => `${column} real check (${column} between 0 and 1)`
const ofNightly = 'text not null references nightly (id) on delete cascade'

/** What is measured; a value of the whole group of seeds has none. */
const subject = (seed: string) => `
  ${oneOf('metric', metrics)},
  dataset text not null,
  architecture text not null,
  arm text not null,
  variant text not null,
  ${seed},
  attack text,
  norm text,
  epsilon real check (epsilon >= 0),
  detail text not null`

const statements = [
  'alter table nightly add column origin text',
  'alter table nightly add column commits text',

  `create table nightly_measure (
    nightly_id ${ofNightly},
    ${count('position')},
    ${subject('seed integer not null')},
    value real not null,
    n integer check (n > 0),
    model_id text not null,
    primary key (nightly_id, position)
  ) strict, without rowid`,

  `create table nightly_comparison (
    nightly_id text not null primary key references nightly (id) on delete cascade,
    against_id text not null,
    against_place text,
    against_started_at text not null,
    against_commits text,
    alpha real not null check (alpha > 0 and alpha < 1),
    least_points real not null check (least_points >= 0),
    ${count('family')},
    ${count('reused')},
    ${count('only_before')},
    ${count('only_now')},
    settings_changed text not null,
    created_at text not null
  ) strict`,

  `create table nightly_change (
    nightly_id text not null references nightly_comparison (nightly_id) on delete cascade,
    ${count('position')},
    ${oneOf('verdict', verdicts)},
    ${subject('seed integer')},
    before real,
    now real,
    difference real,
    low real,
    high real,
    ${oneOf('test', ['mcnemar', 'repeats', 'seeds', 'none'])},
    ${count('n')},
    ${count('seeds')},
    lost integer check (lost >= 0),
    won integer check (won >= 0),
    ${share('p')},
    ${share('holm')},
    note text not null,
    model_id text not null,
    primary key (nightly_id, position)
  ) strict, without rowid`,

  'create index nightly_plan on nightly (plan, started_at)',
  'create index nightly_measure_subject on nightly_measure (dataset, architecture, metric)',
  'create index nightly_change_verdict on nightly_change (nightly_id, verdict)',
]
