/**
 * JSON with sorted keys and no spaces: equal values give equal text, fit for hashes and JSON columns.
 *
 * Keys with the value undefined are left out, as JSON does.
 *
 * @throws TypeError for what JSON would change without a word: NaN, ±Infinity, bigints, functions
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isPlainObject(value)) {
    const members = Object.keys(value)
      .filter(key => value[key] !== undefined)
      .sort()
      .map(key => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
    return `{${members.join(',')}}`
  }
  const representable =
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  if (!representable) {
    throw new TypeError(
      `invalid JSON value: ${String(value)}; expected text, numbers, lists, objects`,
    )
  }
  return JSON.stringify(value)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
