import type { NightlyChangeTable, SubjectColumns } from '../store/tables/nightly.ts'

export type Metric = SubjectColumns['metric']
export type Verdict = NightlyChangeTable['verdict']

/** What a number is of, as people name it. */
export type Subject = SubjectColumns

/** One number that an execution of a plan asked for. */
export interface Measurement extends Subject {
  /** The job that it comes from; of a worst case, null. */
  readonly job: string | null
  readonly model: string
  readonly seed: number
  /** Options of model and attack: tells two measurements of the same name apart. */
  readonly config: string
  /** Data set by content. */
  readonly datasetId: string
  /** Hash of the model's weights; null if it diverged or has none of its own. */
  readonly weights: string | null
  /** Engine, versions, and what of the machine decides about its last digits. */
  readonly machine: string
  readonly commit: string | null
  /** White box, without noise at inference, not poisoned: part of a worst case and of the trend. */
  readonly plain: boolean
  readonly value: number
  /** Test examples, or repeats of a probe; null for a time. */
  readonly n: number | null
  /** Standard deviation over the repeats; null for what has none. */
  readonly sd: number | null
}

/** Everything that one execution measured. */
export interface NightlyMeasures {
  readonly measurements: readonly Measurement[]
  /** Outcomes example by example by `outcomeKey`; those of what is compared suffice. */
  readonly outcomes: ReadonlyMap<string, Uint8Array>
}

const accuracies: readonly Metric[] = ['clean', 'robust', 'worst', 'corrupted', 'certified']

/** Metrics that are shares of examples. */
export function isAccuracy({ metric }: Pick<Subject, 'metric'>): boolean {
  return accuracies.includes(metric)
}

/** What the outcomes of an accuracy are kept by: one job judges many corruptions and radii. */
export function outcomeKey({ metric, job, detail, epsilon }: Measurement): string {
  if (metric === 'corrupted') return `${job} ${detail}`
  return metric === 'certified' ? `${job} ${epsilon}` : (job ?? '')
}

/** What both of two measurements of the same thing are called. */
export function nameOf(one: Subject & { readonly seed: number | null }): string {
  const { metric, dataset, architecture, arm, seed, attack, norm, epsilon, detail } = one
  return JSON.stringify([
    ...[metric, dataset, architecture, arm, seed, attack, norm, epsilon, detail],
  ])
}

/** Groups in the order of first appearance. */
export function grouped<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const group = groups.get(key(value))
    if (group) group.push(value)
    else groups.set(key(value), [value])
  }
  return groups
}
