/**
 * Turns a bound value into one that `sqlite3` stores as it is.
 *
 * Refuses what the package would store wrongly without a word: objects become the text
 * `[object Object]`; dates, NaN, undefined and large bigints become another number or NULL.
 *
 * @throws TypeError or RangeError saying what was refused
 */
export function toSqlite(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      throw new RangeError(`invalid database value: ${value}; expected a finite number or null`)
    case 'bigint':
      if (BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))) {
        return Number(value)
      }
      throw new RangeError(`invalid database value: ${value}; expected an integer within ±2^53`)
    default:
      if (value === null) return null
      if (ArrayBuffer.isView(value)) {
        return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      }
      throw new TypeError(
        `invalid database value: ${Object.prototype.toString.call(value)}; encode it as text first`,
      )
  }
}
