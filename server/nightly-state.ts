import { latestNightly } from '../src/store/queries/latest-nightly.ts'
import type { Store } from '../src/store/store.ts'
import type { Nightly } from './schemas/summary.ts'

/** The latest nightly with its jobs counted by state; null if there is none. */
export async function nightlyState(store: Store): Promise<Nightly | null> {
  const latest = await latestNightly(store)
  if (!latest) return null
  const { id, plan, state, jobs } = latest
  const of = (jobState: 'waiting' | 'running' | 'done' | 'failed') => jobs.get(jobState) ?? 0
  return {
    id,
    plan,
    state,
    startedAt: latest.started_at,
    endedAt: latest.ended_at,
    jobs: {
      total: [...jobs.values()].reduce((sum, count) => sum + count, 0),
      done: of('done'),
      failed: of('failed'),
      running: of('running'),
      waiting: of('waiting'),
      reused: latest.jobs_reused,
    },
  }
}
