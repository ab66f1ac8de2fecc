import type { Problem } from '../server/schemas/problem.ts'

/** An answer that is not the one asked for; `requestId` names it in the server's log. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly requestId: string | undefined

  constructor(message: string, status: number, requestId: string | undefined) {
    super(message)
    this.status = status
    this.requestId = requestId
  }
}

/**
 * Reads from the API.
 *
 * @throws ApiError with what the server said, or with status 0 if it cannot be reached.
 */
export async function get<T>(
  path: string,
  params: Readonly<Record<string, string | undefined>> = {},
): Promise<T> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) if (value) query.set(name, value)
  const address = `/api/v1${path}${query.size > 0 ? `?${query}` : ''}`
  const response = await fetch(address, { headers: { accept: 'application/json' } }).catch(() => {
    throw new ApiError('The server cannot be reached. Is `gauntlet serve` running?', 0, undefined)
  })
  if (response.ok) return (await response.json()) as T
  const problem = (await response.json().catch(() => undefined)) as Problem | undefined
  throw new ApiError(
    problem?.detail ?? `The server answered with status ${response.status}.`,
    response.status,
    problem?.requestId ?? response.headers.get('x-request-id') ?? undefined,
  )
}
