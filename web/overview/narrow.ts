import type { Robustness } from '../../server/schemas/robustness.ts'

/** The series that are compared with backprop, by key. */
export function comparable({ series, differences }: Robustness): string[] {
  return series
    .map(({ key }) => key)
    .filter(key => differences.some(difference => difference.series === key))
}

/** The same answer about one series and what it is compared with; all of it without a key. */
export function narrowed(data: Robustness, key: string): Robustness {
  if (!key) return data
  const against = data.differences.filter(one => one.series === key).map(one => one.against)
  const kept = new Set([key, ...against])
  const isKept = (one: { readonly series: string }) => kept.has(one.series)
  const series = data.series.filter(one => kept.has(one.key))
  const models = new Set(series.flatMap(one => one.models.map(({ id }) => id)))
  return {
    ...data,
    series,
    curves: data.curves.filter(isKept),
    differences: data.differences.filter(one => one.series === key),
    gaps: data.gaps.filter(isKept),
    verdicts: data.verdicts.filter(({ model }) => models.has(model)),
    flags: data.flags.filter(flag => flag.series === null || kept.has(flag.series)),
  }
}
