/**
 * One worker process: takes the plan's jobs one after the other until none is left, or until one
 * fails (a fresh process then goes on). Started by the worker pool, which gives the order.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { startEngine } from '../engine/engine.ts'
import { messageOf } from '../errors.ts'
import {
  claimJob,
  completeJob,
  failJob,
  type Job,
  jobProgress,
  LeaseLostError,
  releaseJobs,
  returnJob,
} from '../store/jobs.ts'
import { workRate } from '../store/queries/work-rate.ts'
import { saveEnvironment } from '../store/results.ts'
import { openStore, type Store } from '../store/store.ts'
import { environmentRow } from './environment.ts'
import { executeJob } from './execute-job.ts'
import { type LeaseKeeper, leaseKeeper } from './lease-keeper.ts'
import type { WorkerCommand, WorkerOrder, WorkerReport } from './messages.ts'
import { resultsFolder } from './results-folder.ts'
import { createWorkbench, type Workbench } from './workbench.ts'

/** A job whose worker is silent for so long is taken by another. */
const leaseMilliseconds = 60_000
const heartbeatMilliseconds = 15_000
const reportMilliseconds = 250
const waitMilliseconds = 200

/** Thrown out of a job when the worker is told to stop. */
class Stopped extends Error {}

let stopping = false
process.on('message', (command: WorkerCommand) => {
  stopping ||= command === 'stop'
})
// Ctrl-C reaches the whole process group: the pool decides what happens, and tells this process.
process.on('SIGINT', () => {})
process.on('disconnect', () => {
  stopping = true
})

const order: WorkerOrder = JSON.parse(process.argv[2]!)
try {
  await work(order)
} catch (error) {
  console.error(`worker ${order.name}: ${messageOf(error)}`)
  process.exitCode = 1
}
process.disconnect?.()

async function work(order: WorkerOrder): Promise<void> {
  const results = resultsFolder(order.resultsFolder)
  const engine = await startEngine(order.engine)
  const store = await openStore(results.database)
  try {
    const environment = await environmentRow(engine)
    await saveEnvironment(store, environment)
    const { database } = results
    const lease = await leaseKeeper({
      database,
      worker: order.name,
      leaseMilliseconds,
      heartbeatMilliseconds,
    })
    let onProgress: Workbench['onProgress'] = () => {}
    const bench = createWorkbench(
      { store, results, environmentId: environment.id, onProgress: share => onProgress(share) },
      order.dataFolder,
    )
    for (;;) {
      const job = await nextJob(store, order)
      if (!job) break
      report({ kind: 'started', job: job.id, title: job.title })
      lease.hold(job.id)
      onProgress = keepAlive(lease, job)
      const goesOn = await finish(bench, job, order.name)
      lease.hold(null)
      if (!goesOn) break
    }
    await lease.close()
  } finally {
    await releaseJobs(store, order.name)
    await store.destroy()
  }
}

/**
 * Waits for a job that is ready and expected to end in time; undefined when the plan is done, when
 * nothing that is left fits, or when the worker is to stop.
 */
async function nextJob(store: Store, order: WorkerOrder): Promise<Job | undefined> {
  const { name, nightlyId, deadline } = order
  let quiet = 0
  while (!stopping) {
    const mostCost = deadline && (deadline - Date.now()) / 1000 / (await workRate(store, nightlyId))
    const job = await claimJob(store, { worker: name, nightlyId, leaseMilliseconds, mostCost })
    if (job) return job
    const { waiting, running } = await jobProgress(store, nightlyId)
    if (waiting.count + running.count === 0) return undefined
    // Looked at twice: between the claim and the count another worker may have ended a job.
    quiet = running.count === 0 ? quiet + 1 : 0
    if (deadline && quiet > 1) {
      report({ kind: 'out of time' })
      return undefined
    }
    await sleep(waitMilliseconds)
  }
  return undefined
}

/** Does a job and stores its results; false if this process should not take another. */
async function finish(bench: Workbench, job: Job, worker: string): Promise<boolean> {
  const started = performance.now()
  try {
    const save = await executeJob(bench, job)
    const seconds = (performance.now() - started) / 1000
    await bench.store.transaction().execute(async transaction => {
      await save(transaction)
      await completeJob(transaction, job.id, worker, seconds)
    })
    report({ kind: 'done', job: job.id })
    return true
  } catch (error) {
    if (error instanceof Stopped) {
      await returnJob(bench.store, job.id, worker)
      return false
    }
    if (error instanceof LeaseLostError) return true
    await failJob(bench.store, job.id, worker, messageOf(error))
    report({ kind: 'failed', job: job.id, error: messageOf(error) })
    return false
  }
}

/** Reports progress, lets messages in and notices a lost lease, as often as it is needed. */
function keepAlive(lease: LeaseKeeper, job: Job): Workbench['onProgress'] {
  let reported = performance.now()
  return async share => {
    const now = performance.now()
    if (now - reported < reportMilliseconds) return
    reported = now
    report({ kind: 'progress', job: job.id, share })
    await nextTurn()
    if (stopping) throw new Stopped()
    if (lease.lost) throw new LeaseLostError(`lost job: ${job.id}`)
  }
}

/** Where nobody listens any more, the report is lost and the worker is about to be told to stop. */
function report(message: WorkerReport): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}
