import { randomUUID } from 'node:crypto'
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import type { ZodType } from 'zod'
import { WorkError } from '../src/errors.ts'
import type { Problem } from './schemas/problem.ts'

type FieldErrors = NonNullable<Problem['errors']>

/** An answer other than success; thrown by a route and sent as `application/problem+json`. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly status: number
  readonly errors: FieldErrors | undefined

  constructor(status: number, detail: string, errors?: FieldErrors) {
    super(detail)
    this.status = status
    this.errors = errors
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  404: 'Not found',
  405: 'Method not allowed',
  413: 'Too large',
  414: 'Address too long',
  422: 'Stopped',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Database not readable',
}

/** Gives every request an id, which an error answer repeats and the server's log names. */
export const requestId: RequestHandler = (_request, response, next) => {
  response.setHeader('X-Request-Id', randomUUID())
  next()
}

/** Parses a query or path parameters; what is malformed becomes a 400 that names each field. */
export function parsed<T>(schema: ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.flatMap(
    (issue): FieldErrors =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(field => ({ field, message: 'unknown parameter' }))
        : [{ field: issue.path.join('.'), message: issue.message }],
  )
  const detail = errors.map(({ field, message }) => `invalid ${field}: ${message}`).join('; ')
  throw new HttpProblem(400, detail, errors)
}

/** 404 for whatever no route answered. */
export const notFound: RequestHandler = request => {
  throw new HttpProblem(404, `unknown path: ${request.originalUrl.split('?')[0]}`)
}

/** 405 for the methods that a path does not know. */
export const methodNotAllowed: RequestHandler = (request, response) => {
  response.setHeader('Allow', 'GET, HEAD')
  throw new HttpProblem(405, `invalid method: ${request.method} (this path answers GET)`)
}

/**
 * Sends any error as problem details. What was not foreseen is logged with the request's id, and
 * the client sees the id alone: no message of a library, no stack trace.
 */
export function problemHandler(log: (line: string) => void): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next) => {
    if (response.headersSent) return next(error)
    const problem = foreseen(error)
    if (!problem)
      log(
        `${response.getHeader('X-Request-Id')} ${request.method} ${request.path} ${explain(error)}`,
      )
    send(response, problem ?? new HttpProblem(...unforeseen(error)))
  }
}

function send(response: Response, problem: HttpProblem): void {
  const body: Problem = {
    type: 'about:blank',
    title: titles[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.message,
    requestId: String(response.getHeader('X-Request-Id')),
    ...(problem.errors && { errors: problem.errors }),
  }
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(body))
}

/** Problems of our own, and those of Express that are the client's fault (a malformed %-escape). */
function foreseen(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error
  const status = (error as { status?: unknown }).status
  if (status === 404) return new HttpProblem(404, 'unknown path')
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined
  return new HttpProblem(400, 'invalid address: it could not be decoded')
}

/** The store throws a WorkError where the file is at fault: damaged, locked, gone. */
function unforeseen(error: unknown): [status: number, detail: string] {
  return error instanceof WorkError
    ? [503, 'the results database could not be read; the server log tells more']
    : [500, 'the server could not answer; its log tells more under the request id']
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
