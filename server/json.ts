import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Response } from 'express'

/** A JSON answer as it is sent. */
export interface Answer {
  readonly body: Buffer
  readonly etag: string
  /** The body compressed, once; only those who ask for it wait for it. */
  readonly compressed: () => Promise<Buffer>
}

/** Below so many bytes compression is not worth it. */
const compressedFrom = 1024

const compress = promisify<Buffer, Buffer>(gzip)

/**
 * Sends JSON that a browser keeps but asks about every time: it carries an ETag, and an unchanged
 * answer is a 304. Who set `response.locals.answered` is told the answer.
 */
export function sendJson(response: Response, body: unknown): void {
  const answer = toAnswer(body)
  const { answered } = response.locals as { answered?: (answer: Answer) => void }
  answered?.(answer)
  sendAnswer(response, answer)
}

/** Sends an answer that was made before. */
export function sendAnswer(response: Response, { body, etag, compressed }: Answer): void {
  const { req: request } = response
  response.setHeader('Cache-Control', 'no-cache')
  response.setHeader('ETag', etag)
  response.type('json')
  if (request.fresh || body.length < compressedFrom || !request.acceptsEncodings('gzip')) {
    response.send(body)
    return
  }
  compressed().then(
    bytes => response.setHeader('Content-Encoding', 'gzip').send(bytes),
    error => request.next?.(error),
  )
}

function toAnswer(value: unknown): Answer {
  const body = Buffer.from(JSON.stringify(value))
  const hash = createHash('sha1').update(body).digest('base64url')
  let bytes: Promise<Buffer> | undefined
  const compressed = () => {
    bytes ??= compress(body)
    return bytes
  }
  return { body, etag: `W/"${hash}"`, compressed }
}
