import { type Kysely, sql } from 'kysely'
import { replaceViews } from '../views.ts'

/** Probes of recurrent sites also measure the gradient at every step. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table step_gradient (
      probe_id text not null,
      site text not null,
      step integer not null check (step >= 0),
      backprop_norm real not null check (backprop_norm >= 0),
      estimate_norm real not null check (estimate_norm >= 0),
      signal_norm real check (signal_norm >= 0),
      primary key (probe_id, site, step),
      foreign key (probe_id, site) references gradient_probe (id, site) on delete cascade
    ) strict, without rowid`.execute(database)
  await replaceViews(database)
}
