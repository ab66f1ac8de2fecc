import os from 'node:os'
import type { Dataset } from '../data/dataset.ts'
import { loadDataset } from '../data/load.ts'
import type { Engine } from '../engine/engine.ts'
import { messageOf } from '../errors.ts'
import { identifierOf } from '../plans/identifier.ts'
import type { Plan } from '../plans/plan.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { closeAbandoned } from '../store/close-abandoned.ts'
import { enqueue, type JobTotal, jobProgress, type NewJob, releaseJobs } from '../store/jobs.ts'
import { endNightly, saveDataset, startNightly } from '../store/results.ts'
import type { Store } from '../store/store.ts'
import type { NightlyTable } from '../store/tables/work.ts'
import { datasetRow } from './dataset-row.ts'
import type { WorkerReport } from './messages.ts'
import type { ProgressReporter } from './progress.ts'
import type { ResultsFolder } from './results-folder.ts'
import { startPool } from './worker-pool.ts'

export interface PlanRequest {
  /** A plan, or what else was asked for; stored as it is. */
  readonly plan: { readonly name: string }
  /** The plan's, see `expandPlan`. */
  readonly jobs: readonly NewJob[]
  /** See `loadPlanData`. */
  readonly datasets: readonly Dataset[]
  readonly engine: Engine
  readonly store: Store
  readonly results: ResultsFolder
  readonly dataFolder: string | undefined
  /** Worker processes. */
  readonly workers: number
  readonly progress: ProgressReporter
  /** When it fires, the workers give up their jobs and the execution is marked interrupted. */
  readonly interrupt: AbortSignal
  /**
   * When the time is up, milliseconds since 1970: jobs that would last longer are not started, what
   * still runs is given up then, and the execution is marked interrupted.
   */
  readonly deadline?: number | undefined
}

export interface PlanOutcome {
  readonly nightlyId: string
  readonly state: Exclude<NightlyTable['state'], 'running'>
  /** Whether it ended before all was done because the time was up. */
  readonly outOfTime: boolean
  readonly jobs: {
    readonly total: number
    readonly reused: number
    readonly done: number
    readonly failed: number
  }
}

/** The data set of each of a plan's groups, each loaded once. */
export async function loadPlanData(plan: Plan, dataFolder: string | undefined): Promise<Dataset[]> {
  const loaded = new Map<string, Promise<Dataset>>()
  return Promise.all(
    plan.models.map(({ data }) => {
      const key = canonicalJson(data)
      const { train, test, ...rest } = data
      const request = { ...rest, ...(train ? { train } : {}), ...(test ? { test } : {}) }
      const dataset = loaded.get(key) ?? loadDataset(request, { data: dataFolder })
      loaded.set(key, dataset)
      return dataset
    }),
  )
}

/** Executes a plan: what is done already is not done again, what fails does not stop the rest. */
export async function runPlan(request: PlanRequest): Promise<PlanOutcome> {
  const { plan, jobs, datasets, engine, store, results, progress } = request
  for (const dataset of datasets) await saveDataset(store, datasetRow(dataset))
  await closeAbandoned(store)
  const startedAt = new Date().toISOString()
  const nightlyId = identifierOf({ plan, startedAt, host: os.hostname(), process: process.pid })
  await startNightly(store, {
    id: nightlyId,
    plan: plan.name,
    plan_config: canonicalJson(plan),
    started_at: startedAt,
  })
  const reused = await enqueue(store, nightlyId, jobs)
  const titles = new Map(jobs.map(job => [job.id, job.title]))
  const costs = new Map(jobs.map(job => [job.id, job.cost]))
  let outOfTime = false
  const shares = new Map<string, { readonly job: string; readonly share: number }>()
  let counted = await jobProgress(store, nightlyId)
  const reusedCost = counted.done.cost
  const total = Object.values(counted).reduce((sum, { cost }) => sum + cost, 0)

  const show = () => {
    const partly = [...shares.values()].reduce(
      (sum, { job, share }) => sum + share * costs.get(job)!,
      0,
    )
    progress.update({
      done: counted.done.count + counted.failed.count,
      total: jobs.length,
      cost: {
        total,
        done: Math.min(total, counted.done.cost + counted.failed.cost + partly),
        reused: reusedCost,
      },
      current: [...shares.values()].map(
        ({ job, share }) => `${titles.get(job)} ${Math.floor(share * 100)} %`,
      ),
    })
  }
  const idle = new Set<string>()
  const onReport = (worker: string, report: WorkerReport) => {
    if (report.kind === 'out of time') {
      idle.add(worker)
      return
    }
    const title = titles.get(report.job) ?? report.job
    if (report.kind === 'started') shares.set(worker, { job: report.job, share: 0 })
    else if (report.kind === 'progress') {
      shares.set(worker, { job: report.job, share: report.share })
    } else shares.delete(worker)
    if (report.kind === 'failed') progress.line(`failed: ${title}: ${report.error}`)
    if (report.kind === 'done') {
      counted = { ...counted, done: oneMore(counted.done, costs.get(report.job)!) }
      if (title.startsWith('train ')) progress.line(`done: ${title}`)
    }
    show()
  }

  if (reused < jobs.length) {
    const pool = startPool({
      workers: Math.min(request.workers, jobs.length - reused),
      order: {
        nightlyId,
        resultsFolder: results.path,
        dataFolder: request.dataFolder,
        engine: engine.name,
        ...(request.deadline !== undefined && { deadline: request.deadline }),
      },
      prefix: nightlyId,
      onReport,
      async onExit(worker, failure) {
        shares.delete(worker)
        if (failure) progress.line(`a worker ${failure}`)
        await releaseJobs(store, worker)
        const { waiting } = await jobProgress(store, nightlyId)
        return waiting.count > 0 && !idle.has(worker)
      },
    })
    request.interrupt.addEventListener('abort', () => pool.stop(), { once: true })
    if (request.interrupt.aborted) pool.stop()
    const alarm = atDeadline(request.deadline, () => {
      outOfTime = true
      pool.stop()
    })
    const refresh = async () => {
      counted = await jobProgress(store, nightlyId)
      show()
    }
    const timer = setInterval(() => {
      refresh().catch(error => progress.line(messageOf(error)))
    }, 500)
    await pool.finished
    clearInterval(timer)
    clearTimeout(alarm)
    progress.end()
    counted = await jobProgress(store, nightlyId)
  }
  outOfTime ||= idle.size > 0
  const left = counted.waiting.count + counted.running.count
  const state =
    counted.done.count === jobs.length
      ? 'done'
      : request.interrupt.aborted || (outOfTime && left > 0)
        ? 'interrupted'
        : 'failed'
  await endNightly(store, nightlyId, state)
  return {
    nightlyId,
    state,
    outOfTime: state === 'interrupted' && !request.interrupt.aborted,
    jobs: {
      total: jobs.length,
      reused,
      done: counted.done.count,
      failed: counted.failed.count,
    },
  }
}

/** Calls back when the time is up; never without a deadline. */
function atDeadline(deadline: number | undefined, stop: () => void): NodeJS.Timeout | undefined {
  return deadline === undefined ? undefined : setTimeout(stop, Math.max(0, deadline - Date.now()))
}

/** A total with one job added, until the database is asked again. */
function oneMore({ count, cost }: JobTotal, more: number): JobTotal {
  return { count: count + 1, cost: cost + more }
}
