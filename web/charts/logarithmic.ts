import * as format from '../format.ts'
import type { Axis } from './chart.ts'

/** Most ticks at powers of ten. */
const mostTicks = 9

/**
 * An axis with ticks at 1, 2 and 5 times powers of ten; at powers alone where it is long, and not at
 * all of them where it is longer still.
 */
export function logarithmic(
  title: string,
  { min, max }: { readonly min: number; readonly max: number },
): Axis {
  const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))]
  const steps = last - first > 4 ? [1] : [1, 2, 5]
  const apart = Math.ceil((last - first) / mostTicks)
  const ticks = Array.from({ length: last - first + 1 }, (_, at) => first + at)
    .filter(exponent => exponent % apart === 0)
    .flatMap(exponent => steps.map(step => Number(`${step}e${exponent}`)))
    .filter(value => value >= min && value <= max)
  return { title, type: 'logarithmic', min, max, ticks, tick: format.power }
}
