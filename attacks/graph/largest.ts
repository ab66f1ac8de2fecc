/**
 * Places of the largest values, largest first; of equal ones the first place comes first.
 *
 * @param allowed which places count
 */
export function largest(
  values: ArrayLike<number>,
  count: number,
  allowed: (at: number) => boolean,
): number[] {
  const places: number[] = []
  for (let at = 0; at < values.length; at++) if (allowed(at)) places.push(at)
  places.sort((a, b) => values[b]! - values[a]! || a - b)
  return places.slice(0, count)
}
