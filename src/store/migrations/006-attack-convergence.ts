import { type Kysely, sql } from 'kysely'
import { dropViews, replaceViews } from '../views.ts'

/** How an attack gets on, iteration by iteration. Evaluations made before have no rows. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await dropViews(database)
  await sql.raw(table).execute(database)
  await replaceViews(database)
}

const table = `create table attack_convergence (
  evaluation_id text not null references evaluation (id) on delete cascade,
  position integer not null check (position >= 0),
  part text not null,
  iteration integer not null check (iteration > 0),
  loss_name text not null,
  loss real,
  attacked integer not null check (attacked >= 0),
  robust_correct integer not null check (robust_correct >= 0),
  primary key (evaluation_id, position, iteration)
) strict, without rowid`
