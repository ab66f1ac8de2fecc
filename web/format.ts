/** Numbers and times as the page shows them. A dash stands for a value that does not exist. */

const MINUS = '−'
const NONE = '–'
/** A space that neither breaks nor is as wide as a word space, between number and unit. */
const THIN = '\u202f'

function signed(text: string): string {
  return text.replaceAll('-', MINUS)
}

/** A share as a percentage with one digit, e.g. `12.0 %`. */
export function percent(share: number | null): string {
  return share === null ? NONE : `${(share * 100).toFixed(1)}${THIN}%`
}

/** An interval of shares in percent, e.g. `[9.1, 15.6]`. */
export function percentInterval(low: number | null, high: number | null): string {
  if (low === null || high === null) return NONE
  return signed(`[${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`)
}

/** A difference of shares in percentage points, always with its sign, e.g. `+1.8`. */
export function points(difference: number): string {
  const text = (difference * 100).toFixed(1)
  if (Number(text) === 0) return '0.0'
  return difference > 0 ? `+${text}` : signed(text)
}

/** A p-value with its relation, e.g. `p = 0.43`, `p < 0.001`. */
export function pValue(p: number): string {
  if (p < 0.001) return 'p < 0.001'
  return `p = ${p < 0.1 ? p.toFixed(3) : p.toFixed(2)}`
}

/** A count with groups of three, e.g. `12 800`. */
export function count(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+(?!\d))/g, THIN)
}

/** A real number with three significant digits, e.g. `0.0123`, `1.24e+6`. */
export function real(value: number | null): string {
  if (value === null) return NONE
  const size = Math.abs(value)
  if (value === 0) return '0'
  return signed(size >= 1e-3 && size < 1e5 ? shortest(value) : value.toExponential(2))
}

function shortest(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3)
}

/** A tick of a logarithmic axis, a digit times a power of ten, e.g. `0.002`, `5e6`. */
export function power(value: number): string {
  const [digit, exponent] = value.toExponential(0).split('e')
  if (Math.abs(Number(exponent)) < 4) return String(Number(value.toPrecision(1)))
  return `${digit}e${Number(exponent)}`.replace('-', MINUS)
}

/** A factor with two digits, as a power of ten where it is large or small, e.g. `120`, `10^6.2`. */
export function factor(value: number): string {
  const decades = Math.log10(value)
  if (!Number.isFinite(decades)) return decades > 0 ? '∞' : '0'
  if (Math.abs(decades) >= 6) return signed(`10^${decades.toFixed(1)}`)
  const rounded = Number(value.toPrecision(2))
  return rounded >= 10 ? count(rounded) : String(rounded)
}

/** Epsilon without the digits that binary floats add, e.g. `0.1`, `0.0314`. */
export function epsilon(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** A duration, e.g. `0.35 s`, `12.3 s`, `4 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)}${THIN}s`
  if (seconds < 99.95) return `${seconds.toFixed(1)}${THIN}s`
  const whole = Math.round(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  return whole < 3600
    ? `${Math.floor(whole / 60)}${THIN}min ${two(whole % 60)}${THIN}s`
    : `${Math.floor(whole / 3600)}${THIN}h ${two(Math.floor((whole % 3600) / 60))}${THIN}min`
}

/** A time in UTC, e.g. `2026-11-23 18:53 UTC`. */
export function time(iso: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return iso
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** How long ago, for a title, e.g. `3 hours ago`. */
export function ago(iso: string, now: number): string {
  const seconds = Math.max(0, (now - new Date(iso).getTime()) / 1000)
  const steps = [
    [86400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ] as const
  for (const [size, unit] of steps) {
    const whole = Math.floor(seconds / size)
    if (whole >= 1) return `${whole} ${unit}${whole > 1 ? 's' : ''} ago`
  }
  return 'just now'
}

/** With a capital letter first; a Greek one would be another symbol. */
export function capital(text: string): string {
  return text.replace(/^[a-z]/, letter => letter.toUpperCase())
}

/** A noun in the number that a count needs. */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`
}
