import { type Kysely, sql } from 'kysely'
import { dropViews, replaceViews } from '../views.ts'
import { rebuildTable } from './rebuild-table.ts'

/**
 * Models of other origin, which come by jobs of their own and whose size may be unknown; which part of
 * a composed attack broke an example, and the L1 norm of its change.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await dropViews(database)
  await rebuildTable(database, 'job', [
    "check (kind in ('train', 'attack', 'probe'))",
    "check (kind in ('train', 'import', 'attack', 'probe'))",
  ])
  await rebuildTable(database, 'model', [
    'parameters integer not null check (parameters > 0)',
    'parameters integer check (parameters > 0)',
  ])
  for (const statement of statements) await sql.raw(statement).execute(database)
  await replaceViews(database)
}

const statements = [
  'alter table example add column l1 real check (l1 >= 0)',
  'alter table example add column component text',
]
