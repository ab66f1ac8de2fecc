import { type Kysely, sql } from 'kysely'
import type { Schema } from '../schema.ts'
import { columnsOf, count, type Merged, type MergeOutcome } from './merge-rows.ts'

/**
 * Unites the jobs of `theirs` with this database's, so that what is done in one of them is done.
 *
 * A job that is done here, or in neither, stays as it is here; one that is done there alone becomes
 * theirs, with its results. One that is not here comes as it is there, but waits for a worker of its
 * own where a worker of theirs holds it.
 */
export async function mergeJobs(transaction: Kysely<Schema>): Promise<MergeOutcome> {
  const conflicts = await sql<{ key: string; what: string }>`
    select a.id as key, case when a.kind <> b.kind then 'kind' else 'config' end as what
    from theirs.job as b join main.job as a on a.id = b.id
    where a.kind <> b.kind or a.config <> b.config limit 10`.execute(transaction)
  const columns = await columnsOf(transaction, 'job')
  const total = await count(transaction, sql.id('theirs', 'job'))
  const before = await count(transaction, sql.id('main', 'job'))
  const done = await doneThereAlone(transaction)
  const set = sql.join(
    columns
      .filter(column => column !== 'id')
      .map(column => sql`${sql.ref(column)} = ${sql.ref(`b.${column}`)}`),
  )
  await sql`
    update main.job set ${set} from theirs.job as b
    where b.id = main.job.id and main.job.state <> 'done' and b.state = 'done'`.execute(transaction)
  const taken = columns.map(column => {
    const held = sql`state = 'running'`
    if (column === 'state') return sql`case when ${held} then 'waiting' else state end`
    if (column === 'worker' || column === 'lease_until' || column === 'started_at') {
      return sql`case when ${held} then null else ${sql.ref(column)} end`
    }
    if (column === 'attempts') {
      return sql`case when state in ('running', 'waiting') then 0 else attempts end`
    }
    return sql.ref(column)
  })
  await sql`
    insert into main.job (${sql.join(columns.map(column => sql.ref(column)))})
    select ${sql.join(taken)} from theirs.job where id not in (select id from main.job)`.execute(
    transaction,
  )
  const added = (await count(transaction, sql.id('main', 'job'))) - before
  const merged = { table: 'job', added, updated: done, same: total - added - done }
  return {
    merged: [merged],
    conflicts: conflicts.rows.map(row => ({ table: 'job', ...row })),
  }
}

async function doneThereAlone(transaction: Kysely<Schema>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from theirs.job as b join main.job as a on a.id = b.id
    where a.state <> 'done' and b.state = 'done'`.execute(transaction)
  return rows[0]!.n
}

/** Takes in what needs what and who asked for what, where it is not known here. */
export async function mergePlaces(transaction: Kysely<Schema>): Promise<Merged[]> {
  const merged: Merged[] = []
  for (const table of ['job_dependency', 'nightly_job'] as const) {
    const total = await count(transaction, sql.id('theirs', table))
    const before = await count(transaction, sql.id('main', table))
    const columns = sql.join((await columnsOf(transaction, table)).map(column => sql.ref(column)))
    await sql`
      insert or ignore into ${sql.id('main', table)} (${columns})
      select ${columns} from ${sql.id('theirs', table)}`.execute(transaction)
    const added = (await count(transaction, sql.id('main', table))) - before
    merged.push({ table, added, updated: 0, same: total - added })
  }
  return merged
}
