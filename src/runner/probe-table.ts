import { geometricMean } from '../statistics/geometric-mean.ts'
import { summarise } from '../statistics/mean.ts'
import type { ExecutionProbe } from '../store/queries/execution-probes.ts'

type Measure = (probe: ExecutionProbe) => number | null

/**
 * The table that `gauntlet probe` ends with, as rows of text, the first the head: a row for every
 * model but its seed, estimator, copies and σ, in the order of the probes.
 */
export function probeTable(probes: readonly ExecutionProbe[]): string[][] {
  const groups = new Map<string, ExecutionProbe[]>()
  for (const probe of probes) {
    const key = JSON.stringify([
      ...[probe.dataset, probe.architecture_config, probe.arm, probe.estimator, probe.copies],
      ...[probe.sigma, probe.sequence, probe.antithetic, probe.baseline, probe.layer_wise],
    ])
    groups.set(key, [...(groups.get(key) ?? []), probe])
  }
  const head = [
    ...['data', 'model', 'estimator', 'depth', 'width', 'copies', 'σ', 'variance', 'cos bp'],
    ...['cos smooth', 'bias bp', 'bias smooth', 'ms', 'var × ms'],
  ]
  return [head, ...[...groups.values()].map(rowOf)]
}

function rowOf(group: readonly ExecutionProbe[]): string[] {
  const [first] = group
  const geometric = (measure: Measure) => number(geometricMean(positive(group, measure)))
  const cosine = (measure: Measure) => {
    const values = group.map(measure).filter(value => value !== null)
    return values.length > 0 ? summarise(values).mean.toFixed(3) : '–'
  }
  return [
    first!.dataset,
    `${first!.architecture} ${first!.arm}`,
    first!.estimator,
    ...[first!.depth, first!.width].map(size => String(size ?? '–')),
    ...[first!.copies, first!.sigma].map(String),
    geometric(probe => probe.relative_variance),
    cosine(probe => probe.cosine_mean),
    cosine(probe => probe.cosine_smoothed),
    bias(
      group,
      probe => probe.bias_clean,
      probe => probe.bias_clean_resolution,
    ),
    bias(
      group,
      probe => probe.bias_smoothed,
      probe => probe.bias_smoothed_resolution,
    ),
    geometric(probe => probe.milliseconds),
    geometric(probe => probe.variance_time),
  ]
}

/** The bias, or what it is at most where half of the group cannot be told from none. */
function bias(group: readonly ExecutionProbe[], of: Measure, resolution: Measure): string {
  const untold = group.filter(probe => (of(probe) ?? 0) < (resolution(probe) ?? 0))
  const value = geometricMean(
    positive(group, probe => {
      const found = of(probe)
      return found === null ? null : Math.max(found, resolution(probe) ?? 0)
    }),
  )
  return `${value !== null && untold.length >= group.length / 2 ? '≤ ' : ''}${number(value)}`
}

function positive(group: readonly ExecutionProbe[], measure: Measure): number[] {
  return group.map(measure).filter(value => value !== null && value > 0) as number[]
}

function number(value: number | null): string {
  if (value === null) return '–'
  return value >= 1e-3 && value < 1e5
    ? String(Number(value.toPrecision(3)))
    : value.toExponential(1)
}
