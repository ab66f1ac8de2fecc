import type { RequestHandler } from 'express'
import { z } from 'zod'
import { measureName } from '../../src/nightly/describe.ts'
import {
  jobStates,
  type NightlyJob,
  nightlies,
  nightlyJobs,
  oneNightly,
} from '../../src/store/queries/nightlies.ts'
import {
  storedChanges,
  storedComparison,
  verdictCounts,
} from '../../src/store/queries/nightly-history.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { toNightlyItem } from '../nightly-item.ts'
import { HttpProblem, parsed } from '../problem.ts'
import { type NightlyChange, type NightlyDetail, nightlyParamsSchema } from '../schemas/nightly.ts'
import { by } from '../settings.ts'

/** `GET /nightlies/:id`: how one execution went, and what changed since an earlier one. */
export function nightly(store: Store): RequestHandler {
  return async (request, response) => {
    const { id } = parsed(nightlyParamsSchema, request.params)
    parsed(z.strictObject({}), request.query)
    const one = await oneNightly(store, id)
    const [row] = await nightlies(store, { id, limit: 1 })
    if (!one || !row) throw new HttpProblem(404, `unknown nightly: ${id}`)
    const jobs = await nightlyJobs(store, id)
    sendJson(response, {
      nightly: toNightlyItem(row, await jobStates(store, [id])),
      plan: JSON.parse(one.plan_config),
      kinds: [...by(jobs, job => job.kind)].map(([kind, own]) => kindOf(kind, own)),
      failed: jobs
        .filter(job => job.state === 'failed')
        .map(job => ({ id: job.id, title: job.title, error: job.error ?? '' })),
      comparison: await comparisonOf(store, id),
    } satisfies NightlyDetail)
  }
}

function kindOf(kind: string, jobs: readonly NightlyJob[]): NightlyDetail['kinds'][number] {
  return {
    kind,
    jobs: jobs.length,
    done: jobs.filter(job => job.state === 'done').length,
    seconds: jobs.reduce((sum, job) => sum + (job.seconds ?? 0), 0),
  }
}

async function comparisonOf(store: Store, id: string): Promise<NightlyDetail['comparison']> {
  const found = await storedComparison(store, id)
  if (!found) return null
  const verdicts = await verdictCounts(store, id)
  const changes = await storedChanges(store, id)
  return {
    against: found.against_id,
    place: found.against_place,
    startedAt: found.against_started_at,
    commits: found.against_commits,
    alpha: found.alpha,
    leastPoints: found.least_points,
    verdicts: Object.fromEntries(verdicts.map(one => [one.verdict, one.changes])),
    family: found.family,
    reused: found.reused,
    onlyBefore: found.only_before,
    onlyNow: found.only_now,
    settings: JSON.parse(found.settings_changed),
    changes: changes.map(toChange),
  }
}

function toChange(row: Awaited<ReturnType<typeof storedChanges>>[number]): NightlyChange {
  const { metric, dataset, architecture, arm, variant, verdict, seed, before, now } = row
  const { difference, low, high, test, n, seeds, holm, note } = row
  return {
    ...{ metric, measure: measureName(row), dataset, architecture, arm, variant, verdict, seed },
    ...{ before, now, difference, low, high, test, n, seeds, holm, note },
    modelId: row.model_id,
    modelHere: row.model_here !== null,
  }
}
