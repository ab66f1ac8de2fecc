import type { RequestHandler } from 'express'
import { z } from 'zod'
import { run as readRun } from '../../src/store/queries/run.ts'
import {
  dependentCounts,
  executionsOf,
  failedDependents,
  type JobRow,
  runJob,
} from '../../src/store/queries/run-jobs.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { HttpProblem, parsed } from '../problem.ts'
import type { RunJob, RunJobs } from '../schemas/run-jobs.ts'
import { runParamsSchema } from '../schemas/runs.ts'

/** `GET /runs/:id/jobs`: the job that made a run, those that needed it, and who asked for it. */
export function runJobs(store: Store): RequestHandler {
  return async (request, response) => {
    const { id } = parsed(runParamsSchema, request.params)
    parsed(z.strictObject({}), request.query)
    const job = await runJob(store, id)
    if (!job && !(await readRun(store, id))) {
      throw new HttpProblem(404, `unknown run: ${id}`, [{ field: 'id', message: 'unknown run' }])
    }
    sendJson(response, {
      job: job ? toJob(job) : null,
      config: job ? JSON.parse(job.config) : null,
      dependents: await dependentCounts(store, id),
      failed: (await failedDependents(store, id)).map(toJob),
      executions: await executionsOf(store, id),
    } satisfies RunJobs)
  }
}

function toJob(row: JobRow): RunJob {
  const { id, kind, title, state, attempts, error, worker, seconds } = row
  const { started_at: startedAt, ended_at: endedAt } = row
  return { id, kind, title, state, attempts, error, worker, startedAt, endedAt, seconds }
}
