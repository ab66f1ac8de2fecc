/** A setting that differs between two executions; null where one has none. */
export interface SettingChange {
  readonly path: string
  readonly before: string | null
  readonly now: string | null
}

/** Where two values differ, by dotted path; lists of single values are one value. */
export function differences(before: unknown, now: unknown): SettingChange[] {
  const [first, second] = [leaves(before), leaves(now)]
  return [...new Set([...first.keys(), ...second.keys()])]
    .filter(path => first.get(path) !== second.get(path))
    .map(path => ({ path, before: first.get(path) ?? null, now: second.get(path) ?? null }))
}

function leaves(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]])
  if (Array.isArray(value) && value.every(one => typeof one !== 'object' || one === null)) {
    return new Map([[path, `[${value.join(', ')}]`]])
  }
  return new Map(
    Object.entries(value).flatMap(([key, part]) => {
      const at = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key
      return [...leaves(part, at)]
    }),
  )
}
