import { sql } from 'kysely'
import type { Store } from '../store.ts'

/** What an attack spent on the examples it had to break, and how far it moved those that it broke. */
export interface AttackExamples {
  /** Model calls of every example that is right without attack. */
  readonly queries: readonly number[]
  /** Of every broken example, null where the measure does not apply; as `moved` names them. */
  readonly moved: Readonly<Record<Moved, readonly number[]>>
}

/** How the size of a change is measured. */
export const moved = ['linf', 'l2', 'l1', 'words', 'edges', 'entries'] as const
export type Moved = (typeof moved)[number]

/** Identifiers bound in one statement. */
const chunk = 500

/**
 * Costs and sizes of changes of these evaluations, by evaluation id. Each list comes as one string of
 * numbers, because a row an example would be a million rows for a page.
 */
export async function attackExamples(
  store: Store,
  evaluations: readonly string[],
): Promise<Map<string, AttackExamples>> {
  const found = new Map<string, AttackExamples>()
  const broken = (value: string) =>
    sql<string | null>`group_concat(case when success = 1 then ${sql.raw(value)} end)`
  for (let at = 0; at < evaluations.length; at += chunk) {
    const rows = await store
      .selectFrom('example')
      .where('evaluation_id', 'in', evaluations.slice(at, at + chunk))
      .groupBy('evaluation_id')
      .select([
        'evaluation_id',
        sql<string | null>`group_concat(case when clean_prediction = label then queries end)`.as(
          'queries',
        ),
        broken('linf').as('linf'),
        broken('l2').as('l2'),
        broken('l1').as('l1'),
        broken('1.0 * changed_words / nullif(words, 0)').as('words'),
        broken('changed_edges').as('edges'),
        broken('changed_entries').as('entries'),
      ])
      .execute()
    for (const { evaluation_id, queries, ...sizes } of rows) {
      const lists = moved.map(name => [name, numbers(sizes[name])] as const)
      found.set(evaluation_id, {
        queries: numbers(queries),
        moved: Object.fromEntries(lists) as Record<Moved, number[]>,
      })
    }
  }
  return found
}

function numbers(list: string | null): number[] {
  return list === null ? [] : list.split(',').map(Number)
}

/** How many examples each part of composed attacks broke: one row an evaluation and part. */
export function brokenByPart(store: Store, evaluations: readonly string[]) {
  return store
    .selectFrom('example')
    .where('evaluation_id', 'in', [...evaluations])
    .where('success', '=', 1)
    .where('component', 'is not', null)
    .groupBy(['evaluation_id', 'component'])
    .select(({ fn }) => ['evaluation_id', 'component', fn.countAll<number>().as('broken')])
    .execute()
}
