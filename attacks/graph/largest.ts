/**
 * Places of the largest values, largest first; of equal ones the first place comes first.
 *
 * @param allowed which places count; none whose value is not a number
 */
export function largest(
  values: ArrayLike<number>,
  count: number,
  allowed: (at: number) => boolean,
): number[] {
  let places: number[] = []
  for (let at = 0; at < values.length; at++) if (allowed(at)) places.push(at)
  if (places.length > count) {
    // Numbers alone sort much faster than places by their numbers.
    const sorted = Float64Array.from(places, at => values[at]!).sort()
    const least = sorted[sorted.length - count] ?? Infinity
    places = places.filter(at => values[at]! >= least)
  }
  return places.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, count)
}
