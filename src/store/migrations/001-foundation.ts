import { type Kysely, sql } from 'kysely'
import { replaceViews } from '../views.ts'

/** All tables of the first release, their indexes and the views. */
export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...indexes]) await sql.raw(statement).execute(database)
  await replaceViews(database)
}

const share = (column: string) => `${column} real check (${column} between 0 and 1)`
const flag = (column: string) => `${column} integer not null check (${column} in (0, 1))`
const positive = (column: string) => `${column} integer not null check (${column} > 0)`
const count = (column: string) => `${column} integer not null check (${column} >= 0)`
const duration = (column: string) => `${column} real not null check (${column} >= 0)`
const oneOf = (column: string, ...values: string[]) =>
  `${column} text not null check (${column} in (${values.map(value => `'${value}'`).join(', ')}))`

/** Results name where they come from and go away with it; what many rows share cannot be deleted. */
const tables = [
  `create table environment (
    id text not null primary key,
    engine text not null,
    versions text not null,
    ${positive('threads')},
    device text not null,
    settings text not null,
    node_version text not null,
    gauntlet_version text not null,
    commit_hash text
  ) strict`,

  `create table nightly (
    id text not null primary key,
    plan text not null,
    plan_config text not null,
    started_at text not null,
    ended_at text,
    ${oneOf('state', 'running', 'done', 'interrupted', 'failed')},
    ${count('jobs_reused')},
    check (state = 'running' or ended_at is not null)
  ) strict`,

  `create table job (
    id text not null primary key,
    ${oneOf('kind', 'train', 'attack', 'probe')},
    config text not null,
    title text not null,
    ${oneOf('state', 'waiting', 'running', 'done', 'failed')},
    ${duration('cost')},
    worker text,
    lease_until integer,
    ${count('attempts')},
    error text,
    started_at text,
    ended_at text,
    seconds real check (seconds >= 0),
    check (state <> 'running' or (worker is not null and lease_until is not null)),
    check (state <> 'failed' or error is not null),
    check (state <> 'done' or (seconds is not null and ended_at is not null))
  ) strict`,

  `create table job_dependency (
    job_id text not null references job (id) on delete cascade,
    needs_id text not null references job (id) on delete cascade,
    primary key (job_id, needs_id),
    check (job_id <> needs_id)
  ) strict, without rowid`,

  `create table nightly_job (
    nightly_id text not null references nightly (id) on delete cascade,
    job_id text not null references job (id) on delete cascade,
    ${count('position')},
    primary key (nightly_id, job_id)
  ) strict, without rowid`,

  `create table dataset (
    id text not null primary key,
    name text not null,
    ${count('train_count')},
    ${count('test_count')},
    shape text not null,
    classes text not null,
    licence text not null,
    sha256 text not null
  ) strict`,

  `create table model (
    id text not null primary key,
    dataset_id text not null references dataset (id) on delete restrict,
    architecture text not null,
    architecture_config text not null,
    arm text not null,
    estimator_config text not null,
    training_config text not null,
    seed integer not null,
    pair_id text not null,
    ${positive('parameters')},
    ${oneOf('state', 'trained', 'diverged')},
    ${count('updates')},
    ${count('forwards')},
    ${duration('seconds')},
    ${share('clean_accuracy')},
    checkpoint_sha256 text,
    weights_sha256 text,
    environment_id text not null references environment (id) on delete restrict,
    created_at text not null
  ) strict`,

  `create table learning_curve (
    model_id text not null references model (id) on delete cascade,
    ${count('updates')},
    ${duration('epoch')},
    ${count('forwards')},
    ${duration('seconds')},
    train_loss real,
    ${share('test_accuracy')},
    ${duration('learning_rate')},
    gradient_norm real check (gradient_norm >= 0),
    primary key (model_id, updates)
  ) strict, without rowid`,

  `create table evaluation (
    id text not null primary key,
    model_id text not null references model (id) on delete cascade,
    crafted_on text not null references model (id) on delete cascade,
    attack text not null,
    norm text not null,
    epsilon real not null check (epsilon >= 0),
    attack_config text not null,
    seed integer not null,
    ${positive('n')},
    clean_correct integer not null check (clean_correct between 0 and n),
    robust_correct integer not null check (robust_correct between 0 and n),
    ${share('robust_accuracy')} not null,
    ${share('robust_accuracy_low')} not null,
    ${share('robust_accuracy_high')} not null,
    ${duration('queries_mean')},
    ${duration('seconds')},
    environment_id text not null references environment (id) on delete restrict,
    created_at text not null,
    check (robust_accuracy between robust_accuracy_low and robust_accuracy_high)
  ) strict`,

  `create table example (
    evaluation_id text not null references evaluation (id) on delete cascade,
    ${count('example')},
    ${count('label')},
    ${count('clean_prediction')},
    ${count('adversarial_prediction')},
    ${flag('success')},
    ${duration('linf')},
    ${duration('l2')},
    ${duration('queries')},
    primary key (evaluation_id, example),
    check (success = case
      when clean_prediction = label and adversarial_prediction <> label then 1 else 0 end)
  ) strict, without rowid`,

  `create table gradient_probe (
    id text not null,
    site text not null,
    model_id text not null references model (id) on delete cascade,
    ${count('site_index')},
    ${oneOf('site_kind', 'dense', 'convolution')},
    estimator text not null,
    ${positive('copies')},
    ${duration('sigma')},
    ${positive('repeats')},
    ${positive('batch')},
    ${positive('parameters')},
    ${duration('reference_norm')},
    ${duration('variance')},
    relative_variance real check (relative_variance >= 0),
    cosine_mean real check (cosine_mean between -1 and 1),
    cosine_sd real check (cosine_sd >= 0),
    cosine_of_mean real check (cosine_of_mean between -1 and 1),
    ${duration('milliseconds')},
    environment_id text not null references environment (id) on delete restrict,
    primary key (id, site)
  ) strict, without rowid`,
]

const indexes = [
  'create index nightly_started on nightly (started_at)',
  'create index nightly_job_position on nightly_job (nightly_id, position)',
  'create index nightly_job_job on nightly_job (job_id)',
  'create index job_dependency_needs on job_dependency (needs_id)',
  'create index job_worker on job (worker)',
  'create index model_pair on model (pair_id, arm)',
  'create index model_dataset on model (dataset_id)',
  'create index evaluation_model on evaluation (model_id, norm, epsilon, attack)',
  'create index evaluation_crafted_on on evaluation (crafted_on)',
  'create index gradient_probe_model on gradient_probe (model_id)',
]
