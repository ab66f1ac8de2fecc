import { type Kysely, sql } from 'kysely'
import type { Schema } from '../schema.ts'
import { columnsOf, count, type MergeOutcome } from './merge-rows.ts'

/**
 * Unites the executions of plans of `theirs` with this database's.
 *
 * Of an execution that both know, the end that came later counts. One that is still running there
 * comes as interrupted, at the time of the last of its jobs: nobody here works on it, and when it has
 * ended there it can be merged once more.
 */
export async function mergeNightlies(transaction: Kysely<Schema>): Promise<MergeOutcome> {
  const conflicts = await sql<{ key: string }>`
    select a.id as key from theirs.nightly as b join main.nightly as a on a.id = b.id
    where (a.plan, a.plan_config, a.started_at) is not (b.plan, b.plan_config, b.started_at)
    limit 10`.execute(transaction)
  const columns = await columnsOf(transaction, 'nightly')
  const total = await count(transaction, sql.id('theirs', 'nightly'))
  const before = await count(transaction, sql.id('main', 'nightly'))
  const later = sql`b.id = a.id and b.state <> 'running'
    and (a.ended_at is null or b.ended_at > a.ended_at)`
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from main.nightly as a join theirs.nightly as b on ${later}`.execute(
    transaction,
  )
  const updated = rows[0]!.n
  const set = sql.join(
    columns
      .filter(column => column !== 'id')
      .map(column => sql`${sql.ref(column)} = ${sql.ref(`b.${column}`)}`),
  )
  await sql`update main.nightly as a set ${set} from theirs.nightly as b where ${later}`.execute(
    transaction,
  )
  const taken = columns.map(column => {
    if (column === 'state')
      return sql`case when state = 'running' then 'interrupted' else state end`
    return column === 'ended_at' ? sql`coalesce(ended_at, ${lastSign})` : sql.ref(column)
  })
  await sql`
    insert into main.nightly (${sql.join(columns.map(column => sql.ref(column)))})
    select ${sql.join(taken)} from theirs.nightly
    where id not in (select id from main.nightly)`.execute(transaction)
  const added = (await count(transaction, sql.id('main', 'nightly'))) - before
  return {
    merged: [{ table: 'nightly', added, updated, same: total - added - updated }],
    conflicts: conflicts.rows.map(({ key }) => ({
      table: 'nightly',
      key,
      what: 'plan, plan_config or started_at',
    })),
  }
}

/** When the last job of an execution ended, but not before it started. */
const lastSign = sql`max(started_at, coalesce((
  select max(job.ended_at) from theirs.nightly_job as place
  join theirs.job as job on job.id = place.job_id
  where place.nightly_id = theirs.nightly.id
), started_at))`
