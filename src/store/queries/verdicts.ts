import type { Store } from '../store.ts'

/** What checks say of these models in balls of one norm, without the findings. */
export function verdicts(store: Store, models: readonly string[], norm: string) {
  return store
    .selectFrom('robustness_verdict')
    .where('model_id', 'in', models)
    .where('norm', '=', norm)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .select(['id', 'model_id', 'epsilon', 'verdict', 'n', 'reasons'])
    .execute()
}

/** One row of `verdicts`. */
export type VerdictRow = Awaited<ReturnType<typeof verdicts>>[number]

/** Every verdict on a run, the latest first, and all their findings in the order of the checks. */
export async function runVerdicts(store: Store, id: string) {
  const found = await store
    .selectFrom('robustness_verdict')
    .where('model_id', '=', id)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .selectAll()
    .execute()
  const findings = await store
    .selectFrom('robustness_check')
    .innerJoin('robustness_verdict', 'robustness_verdict.id', 'robustness_check.verdict_id')
    .where('robustness_verdict.model_id', '=', id)
    .orderBy('robustness_check.verdict_id')
    .orderBy('robustness_check.position')
    .selectAll('robustness_check')
    .execute()
  return found.map(verdict => ({
    ...verdict,
    findings: findings.filter(finding => finding.verdict_id === verdict.id),
  }))
}
