import type { jobStates, nightlies } from '../src/store/queries/nightlies.ts'
import type { NightlyItem } from './schemas/nightly.ts'

type Row = Awaited<ReturnType<typeof nightlies>>[number]
type States = Awaited<ReturnType<typeof jobStates>>

/** A row of the database as the API lists it, with its share of the counted jobs. */
export function toNightlyItem(row: Row, states: States): NightlyItem {
  const own = states.filter(({ nightly_id }) => nightly_id === row.id)
  const of = (state: States[number]['state']) => own.find(one => one.state === state)?.jobs ?? 0
  return {
    id: row.id,
    plan: row.plan,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    origin: row.origin,
    commits: row.commits,
    jobs: {
      total: own.reduce((sum, { jobs }) => sum + jobs, 0),
      done: of('done'),
      failed: of('failed'),
      running: of('running'),
      waiting: of('waiting'),
      reused: row.jobs_reused,
    },
    comparison:
      row.against_id === null
        ? null
        : {
            against: row.against_id,
            regressions: row.regressions ?? 0,
            improvements: row.improvements ?? 0,
          },
  }
}
