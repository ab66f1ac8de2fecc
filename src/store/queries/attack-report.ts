import type { Kysely, Selectable } from 'kysely'
import type { Schema } from '../schema.ts'
import type { EvaluationTable } from '../tables/evaluations.ts'

/** One evaluation, and which examples each of its attack's parts broke. */
export interface AttackReportRow {
  readonly attack: string
  readonly norm: string
  readonly epsilon: number
  /** JSON: the attack's options. */
  readonly attackConfig: string
  readonly n: number
  readonly robustCorrect: number
  readonly queriesMean: number
  readonly seconds: number
  readonly setting: Selectable<EvaluationTable>['setting']
  /** Numbers of the examples that are right without attack. */
  readonly examples: readonly {
    readonly example: number
    readonly success: number
    readonly component: string | null
    readonly words: number | null
    readonly changed_words: number | null
    readonly changed_edges: number | null
    readonly changed_entries: number | null
  }[]
}

/** The evaluations with these ids that there are, in this order. */
export async function attackReport(
  store: Kysely<Schema>,
  ids: readonly string[],
): Promise<AttackReportRow[]> {
  const evaluations = await store
    .selectFrom('evaluation')
    .select(['id', 'attack', 'norm', 'epsilon', 'n', 'seconds', 'setting'])
    .select(['attack_config as attackConfig'])
    .select(['robust_correct as robustCorrect', 'queries_mean as queriesMean'])
    .where('id', 'in', ids)
    .execute()
  const examples = await store
    .selectFrom('example')
    .select(['evaluation_id', 'example', 'success', 'component'])
    .select(['words', 'changed_words', 'changed_edges', 'changed_entries'])
    .whereRef('clean_prediction', '=', 'label')
    .where('evaluation_id', 'in', ids)
    .execute()
  return evaluations
    .toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
    .map(({ id, ...evaluation }) => ({
      ...evaluation,
      examples: examples.filter(row => row.evaluation_id === id),
    }))
}
