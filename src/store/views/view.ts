/** A view for people: its query, and what `gauntlet query --views` says about it. */
export interface View<Row> {
  readonly name: string
  /** What one row is. */
  readonly description: string
  /** What each column means, with its unit; in the order of the query. */
  readonly columns: Readonly<Record<keyof Row & string, string>>
  /** The `select` of the view. */
  readonly sql: string
}

/** What the columns `norm` and `epsilon` mean. */
export const normColumn =
  'how the change is measured: linf, l2 or l1; words; edges, entries, or changes of both'
export const epsilonColumn =
  'largest change: radius of the ball (pixels from 0 to 1), share of words, edges or entries, or ' +
  'changes as a multiple of the degree'

/** SQL: 1 if the row `example` is classified correctly clean and under attack, else 0. */
export function survived(example: string): string {
  return `case when ${example}.clean_prediction = ${example}.label
    and ${example}.success = 0 then 1 else 0 end`
}

/** What a column says that tells evaluations of plain models from those with noise at inference. */
export const inferenceColumn =
  'JSON: the noise that the model kept at inference and its draws; null for the plain pass'

/** SQL: whether two evaluations were made with the same noise at inference, or both without. */
export function sameInference(one: string, other: string): string {
  return `coalesce(${one}.inference, '') = coalesce(${other}.inference, '')`
}

/**
 * SQL: one bound of the Wilson 95 % interval of `correct` out of `n`; null where n is 0.
 *
 * The same formula as statistics/wilson.ts, with z² = 3.841458820694124.
 */
export function wilsonBound(bound: 'low' | 'high', correct: string, n: string): string {
  const square = '3.841458820694124'
  const sign = bound === 'low' ? '-' : '+'
  const share = `(1.0 * ${correct} / nullif(${n}, 0))`
  const spread = `sqrt(${square} * (${share} * (1 - ${share}) + ${square} / (4.0 * ${n})) / ${n})`
  const value = `(${share} + ${square} / (2.0 * ${n}) ${sign} ${spread}) / (1 + ${square} / ${n})`
  const exact = bound === 'low' ? `when ${correct} = 0 then 0.0` : `when ${correct} = ${n} then 1.0`
  return `case when ${n} = 0 then null ${exact} else ${value} end`
}
