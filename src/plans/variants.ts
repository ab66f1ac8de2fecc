/** Values of an object by dotted path; an array is one value. */
function leaves(value: unknown, path = ''): [path: string, value: string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [[path, Array.isArray(value) ? value.join(' ') : String(value)]]
  }
  return Object.entries(value).flatMap(([key, part]) => leaves(part, path ? `${path}.${key}` : key))
}

/**
 * A short name for each of several configurations of one thing: what is unusual about it among
 * them, e.g. `antithetic false`; empty for one that has the most frequent value everywhere. A value
 * that one of them lacks is `default`.
 */
export function variantNames(configs: readonly object[]): string[] {
  const flat = configs.map(config => new Map(leaves(config)))
  const paths = [...new Set(flat.flatMap(values => [...values.keys()]))]
  const valueAt = (at: number, path: string) => flat[at]!.get(path) ?? 'default'
  const usual = new Map(
    paths.map(path => [path, mostFrequent(configs.map((_, at) => valueAt(at, path)))]),
  )
  return configs.map((_, at) =>
    paths
      .filter(path => valueAt(at, path) !== usual.get(path))
      .map(path => `${path} ${valueAt(at, path)}`)
      .join(', '),
  )
}

/** Of equally frequent values the first. */
function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return values.find(value => counts.get(value) === most)!
}
