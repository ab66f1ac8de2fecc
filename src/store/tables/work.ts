import type { TableDescription } from './table.ts'

export type JobKind =
  | 'train'
  | 'import'
  | 'ensemble'
  | 'attack'
  | 'probe'
  | 'corrupt'
  | 'certify'
  | 'check'
export type JobState = 'waiting' | 'running' | 'done' | 'failed'

/** Where numbers were made: engines differ in the last digits, so every result names one of these. */
export interface EnvironmentTable {
  readonly id: string
  readonly engine: string
  readonly versions: string
  readonly threads: number
  readonly device: string
  readonly settings: string
  readonly node_version: string
  readonly gauntlet_version: string
  readonly commit_hash: string | null
}

/** `environment`. */
export const environmentTable: TableDescription<EnvironmentTable> = Object.freeze({
  name: 'environment',
  description:
    'Where numbers were made: engines differ in the last digits, so every result names one of these.',
  columns: Object.freeze({
    id: 'hash of the other columns',
    engine: 'tensorflow or wasm',
    versions: 'JSON: version of each library by name',
    threads: 'threads that compute one job',
    device: 'name of the processor or graphics card',
    settings: 'JSON: engine settings taken from environment variables',
    node_version: 'version of Node.js',
    gauntlet_version: 'version of Gauntlet',
    commit_hash:
      'Git commit of the checkout, + behind it if files had changed; null outside a checkout',
  }),
})

/** One execution of a plan. */
export interface NightlyTable {
  readonly id: string
  readonly plan: string
  readonly plan_config: string
  readonly started_at: string
  readonly ended_at: string | null
  readonly state: 'running' | 'done' | 'interrupted' | 'failed'
  readonly jobs_reused: number
  /** Results folder that it was taken along from, with what it measured; null if it was made here. */
  readonly origin: string | null
  /** Git commits that its numbers were made at, separated by commas; null while it runs. */
  readonly commits: string | null
}

/** `nightly`. */
export const nightlyTable: TableDescription<NightlyTable> = Object.freeze({
  name: 'nightly',
  description: 'One execution of a plan.',
  columns: Object.freeze({
    id: 'hash of plan, start, host and process',
    plan: "the plan's name, e.g. quick",
    plan_config: 'JSON: the whole plan as it was validated',
    started_at: 'when it started, UTC',
    ended_at: 'when it ended, UTC; null while it is running',
    state: 'running, done, interrupted or failed',
    jobs_reused: 'how many of its jobs were already done when it started',
    origin:
      'results folder that it was taken along from, with what it measured; null if it was made here',
    commits: 'Git commits that its numbers were made at, separated by commas; null while it runs',
  }),
})

/** Which jobs an execution asked for, in the order in which they are offered to workers. */
export interface NightlyJobTable {
  readonly nightly_id: string
  readonly job_id: string
  readonly position: number
}

/** `nightly_job`. */
export const nightlyJobTable: TableDescription<NightlyJobTable> = Object.freeze({
  name: 'nightly_job',
  description:
    'Which jobs an execution asked for, in the order in which they are offered to workers.',
  columns: Object.freeze({
    nightly_id: 'id of the execution',
    job_id: 'id of the job',
    position: 'place in the order, from 0',
  }),
})

/** A unit of work; done once, whatever plans ask for it. */
export interface JobTable {
  readonly id: string
  readonly kind: JobKind
  readonly config: string
  readonly title: string
  readonly state: JobState
  readonly cost: number
  readonly worker: string | null
  readonly lease_until: number | null
  readonly attempts: number
  readonly error: string | null
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly seconds: number | null
}

/** `job`. */
export const jobTable: TableDescription<JobTable> = Object.freeze({
  name: 'job',
  description: 'A unit of work; done once, whatever plans ask for it.',
  columns: Object.freeze({
    id: 'hash of kind and config; config names the jobs it needs by their hashes',
    kind: 'train, import, ensemble, attack, probe, corrupt, certify or check',
    config: 'JSON: everything that the job depends on',
    title: 'one line for people, e.g. train glyphs lenet lr-logit seed 0',
    state: 'waiting, running, done or failed',
    cost: 'expected seconds; only its ratio to other jobs matters',
    worker: 'who holds it or did it: host, process and start',
    lease_until: 'milliseconds since 1970 until which the worker holds the job',
    attempts: 'how often the job was started',
    error: 'why it failed, one line',
    started_at: 'when it was started last, UTC',
    ended_at: 'when it was done or failed, UTC',
    seconds: 'how long the work took, seconds; null unless done',
  }),
})

export interface JobDependencyTable {
  readonly job_id: string
  readonly needs_id: string
}

/** `job_dependency`. */
export const jobDependencyTable: TableDescription<JobDependencyTable> = Object.freeze({
  name: 'job_dependency',
  description: 'What a job needs: its results are read, so it must be done before.',
  columns: Object.freeze({
    job_id: 'id of the job',
    needs_id: 'id of a job that it needs',
  }),
})

/** What was trained and tested on, by content. */
export interface DatasetTable {
  readonly id: string
  readonly name: string
  readonly train_count: number
  readonly test_count: number
  readonly shape: string
  readonly classes: string
  readonly licence: string
  readonly sha256: string
}

/** `dataset`. */
export const datasetTable: TableDescription<DatasetTable> = Object.freeze({
  name: 'dataset',
  description: 'What was trained and tested on, by content.',
  columns: Object.freeze({
    id: 'hash of name, counts and sha256',
    name: 'name of the data set',
    train_count: 'examples to train on',
    test_count: 'examples to test on',
    shape:
      'JSON: [height, width, channels] of images, [length, vocabulary] of texts, [nodes, features] of a graph',
    classes: 'JSON: names of the classes',
    licence: 'licence of the data',
    sha256: 'SHA-256 of the bytes read or generated',
  }),
})
