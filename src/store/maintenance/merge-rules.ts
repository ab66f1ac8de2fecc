import type { Schema } from '../schema.ts'

type Table = Exclude<keyof Schema, `v_${string}`>

/** How the rows of one table are merged into those of another database. */
export interface MergeRule {
  readonly table: Table
  /** Columns that name a row. */
  readonly key: readonly string[]
  /**
   * What is taken in whole or not at all: rows whose `column` is an `id` of `table` that is there
   * already are compared, the others are new. `id` unless another column of `table` names it.
   */
  readonly unit: { readonly column: string; readonly table: Table; readonly id?: string }
  /** Not compared: of what is here already, what is here stays, be it more or less. */
  readonly told?: true
  /** Columns that tell how and when a row was made; two rows that differ in them alone are the same. */
  readonly circumstances: readonly string[]
}

const made = ['environment_id', 'created_at']

/** A table whose rows are results, or parts of a result. */
const result = (
  table: Table,
  key: readonly string[],
  circumstances: readonly string[],
  unit: MergeRule['unit'] = { column: 'id', table },
): MergeRule => ({ table, key, unit, circumstances })

const part = (
  table: Table,
  rest: readonly string[],
  whole: Table,
  circumstances: string[] = [],
) => {
  const column = wholes[whole]!
  return result(table, [column, ...rest], circumstances, { column, table: whole })
}

/** What was told of an execution when it ended, taken in as a whole. */
const toldOf = (table: Table, rest: readonly string[]): MergeRule => ({
  table,
  key: ['nightly_id', ...rest],
  circumstances: [],
  unit: { column: 'nightly_id', table, id: 'nightly_id' },
  told: true,
})

/** The column by which parts name the result that they belong to. */
const wholes: Partial<Record<Table, string>> = {
  model: 'model_id',
  evaluation: 'evaluation_id',
  gradient_probe: 'probe_id',
  certification: 'certification_id',
  robustness_verdict: 'verdict_id',
}

/**
 * The tables whose rows are united, parts before what they are parts of; `job`, `job_dependency`,
 * `nightly` and `nightly_job` are merged by rules of their own, and `evaluation_outcome` is made anew.
 *
 * Weights are compared by their own hash: that of the checkpoint's file depends on where it was made.
 */
export const mergeRules: readonly MergeRule[] = Object.freeze([
  result('environment', ['id'], []),
  result('dataset', ['id'], ['licence']),
  part('learning_curve', ['updates'], 'model', ['seconds']),
  result('model', ['id'], ['checkpoint_sha256', 'seconds', ...made]),
  part('example', ['example'], 'evaluation'),
  { ...part('attack_convergence', ['position', 'iteration'], 'evaluation'), told: true },
  result('evaluation', ['id'], ['seconds', ...made]),
  part('step_gradient', ['site', 'step'], 'gradient_probe'),
  result('gradient_probe', ['id', 'site'], ['milliseconds', 'variance_time', 'environment_id']),
  result('corruption_accuracy', ['id', 'corruption', 'severity'], ['codes', ...made]),
  part('certificate', ['example'], 'certification'),
  result('certification', ['id'], ['seconds', ...made]),
  part('robustness_check', ['position'], 'robustness_verdict'),
  result('robustness_verdict', ['id'], ['seconds', ...made]),
  toldOf('nightly_measure', ['position']),
  toldOf('nightly_comparison', []),
  toldOf('nightly_change', ['position']),
])

/** Tables with rules of their own. */
export const mergedByHand: readonly Table[] = [
  ...(['job', 'job_dependency', 'nightly', 'nightly_job'] as const),
  'evaluation_outcome',
]
