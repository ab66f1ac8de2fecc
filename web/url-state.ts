/** View state by name, as it stands in a query. */
export type Changes = Readonly<Record<string, string | undefined>>

/**
 * An address with some of its parameters changed; undefined or an empty text takes one out. The
 * parameters are sorted, so that equal views have equal addresses.
 */
export function withChanges(address: string, changes: Changes): string {
  const [path = '/', search = ''] = address.split('?')
  const params = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value) params.set(name, value)
    else params.delete(name)
  }
  params.sort()
  // Commas are plain text in a query, and lists of ids are full of them.
  const query = params.toString().replaceAll('%2C', ',')
  return query ? `${path}?${query}` : path
}

/** The value of a parameter if it is one of the choices, else the fallback. */
export function choice<T extends string>(
  params: URLSearchParams,
  name: string,
  choices: readonly T[],
  fallback: T,
): T {
  const value = params.get(name)
  return choices.find(one => one === value) ?? fallback
}
