import { type Kysely, sql } from 'kysely'
import { dropViews, replaceViews } from '../views.ts'
import { rebuildTable } from './rebuild-table.ts'

/**
 * What tells real robustness from an artefact: checks with a verdict, natural corruptions and
 * certificates; attacks on texts and graphs, on randomised victims and from ensembles of sources.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await dropViews(database)
  await rebuildTable(database, 'job', [
    "check (kind in ('train', 'import', 'attack', 'probe'))",
    `check (kind in (${jobKinds.map(kind => `'${kind}'`).join(', ')}))`,
  ])
  for (const column of ['linf', 'l2']) {
    await rebuildTable(database, 'example', [
      `${column} real not null check`,
      `${column} real check`,
    ])
  }
  for (const statement of [...columns, ...tables, ...indexes]) {
    await sql.raw(statement).execute(database)
  }
  await replaceViews(database)
}

const jobKinds = [
  ...['train', 'import', 'ensemble', 'attack', 'probe'],
  ...['corrupt', 'certify', 'check'],
]

const share = (column: string) => `${column} real not null check (${column} between 0 and 1)`
const positive = (column: string) => `${column} integer not null check (${column} > 0)`
const duration = (column: string) => `${column} real not null check (${column} >= 0)`
const oneOf = (column: string, ...values: string[]) =>
  `${column} text not null check (${column} in (${values.map(value => `'${value}'`).join(', ')}))`

const ofModel = `model_id text not null references model (id) on delete cascade`
const ofEnvironment = `environment_id text not null references environment (id) on delete restrict`

const columns = [
  'alter table evaluation add column inference text',
  `alter table evaluation add column setting text not null default 'evasion'
    check (setting in ('evasion', 'poisoning'))`,
  `alter table evaluation add column purpose text not null default 'comparison'
    check (purpose in ('comparison', 'check'))`,
  ...['words', 'changed_words', 'changed_edges', 'changed_entries'].map(
    column => `alter table example add column ${column} integer check (${column} >= 0)`,
  ),
]

const tables = [
  `create table corruption_accuracy (
    id text not null,
    ${ofModel},
    corruption text not null,
    severity integer not null check (severity between 1 and 5),
    seed integer not null,
    ${positive('n')},
    clean_correct integer not null check (clean_correct between 0 and n),
    correct integer not null check (correct between 0 and n),
    ${share('accuracy')},
    ${share('accuracy_low')},
    ${share('accuracy_high')},
    ${ofEnvironment},
    created_at text not null,
    primary key (id, corruption, severity)
  ) strict, without rowid`,

  `create table certification (
    id text not null primary key,
    ${ofModel},
    sigma real not null check (sigma > 0),
    ${positive('selection')},
    ${positive('estimation')},
    alpha real not null check (alpha > 0 and alpha < 0.5),
    seed integer not null,
    ${positive('n')},
    ${duration('seconds')},
    ${ofEnvironment},
    created_at text not null
  ) strict`,

  `create table certificate (
    certification_id text not null references certification (id) on delete cascade,
    example integer not null check (example >= 0),
    label integer not null check (label >= 0),
    prediction integer check (prediction >= 0),
    radius real not null check (radius >= 0),
    ${share('lower')},
    primary key (certification_id, example)
  ) strict, without rowid`,

  `create table robustness_verdict (
    id text not null primary key,
    ${ofModel},
    norm text not null,
    epsilon real not null check (epsilon > 0),
    ${positive('n')},
    seed integer not null,
    settings_config text not null,
    ${oneOf('verdict', 'real', 'masked', 'undecided')},
    reasons text not null,
    ${duration('seconds')},
    ${ofEnvironment},
    created_at text not null
  ) strict`,

  `create table robustness_check (
    verdict_id text not null references robustness_verdict (id) on delete cascade,
    position integer not null check (position >= 0),
    number integer not null check (number > 0),
    name text not null,
    part text,
    ${oneOf('meaning', 'masking', 'validity', 'report')},
    ${oneOf('verdict', 'passed', 'failed', 'not applicable', 'not measured')},
    value real,
    threshold real,
    detail text not null,
    evaluations text not null,
    primary key (verdict_id, position)
  ) strict, without rowid`,
]

const indexes = [
  'create index corruption_accuracy_model on corruption_accuracy (model_id)',
  'create index certification_model on certification (model_id)',
  'create index robustness_verdict_model on robustness_verdict (model_id, norm, epsilon)',
]
