import { type Kysely, sql } from 'kysely'
import { dropViews, replaceViews } from '../views.ts'

/**
 * Probes measure sites of any kind, and recurrent ones at every step. SQLite cannot change a check,
 * so the table of probes is made anew.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await dropViews(database)
  const { rows } = await sql<{ definition: string }>`
    select sql as definition from sqlite_master where name = 'gradient_probe'`.execute(database)
  const definition = rows[0]!.definition
    .replace(/check \(site_kind in \([^)]*\)\)/, "check (site_kind <> '')")
    .replace('gradient_probe', 'new_probe')
  const steps = [
    definition,
    'insert into new_probe select * from gradient_probe',
    'drop table gradient_probe',
    'alter table new_probe rename to gradient_probe',
    'create index gradient_probe_model on gradient_probe (model_id)',
    `create table step_gradient (
      probe_id text not null,
      site text not null,
      step integer not null check (step >= 0),
      backprop_norm real not null check (backprop_norm >= 0),
      estimate_norm real not null check (estimate_norm >= 0),
      signal_norm real check (signal_norm >= 0),
      primary key (probe_id, site, step),
      foreign key (probe_id, site) references gradient_probe (id, site) on delete cascade
    ) strict, without rowid`,
  ]
  for (const step of steps) await sql.raw(step).execute(database)
  await replaceViews(database)
}
