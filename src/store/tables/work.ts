import type {
  DatasetTable,
  EnvironmentTable,
  JobDependencyTable,
  JobTable,
  NightlyJobTable,
  NightlyTable,
} from '../schema.ts'
import type { TableDescription } from './table.ts'

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

/** `job_dependency`. */
export const jobDependencyTable: TableDescription<JobDependencyTable> = Object.freeze({
  name: 'job_dependency',
  description: 'What a job needs: its results are read, so it must be done before.',
  columns: Object.freeze({
    job_id: 'id of the job',
    needs_id: 'id of a job that it needs',
  }),
})

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
