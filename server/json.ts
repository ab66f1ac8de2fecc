import type { Response } from 'express'

/**
 * Sends JSON that a browser keeps but asks about every time: Express adds the ETag, and an unchanged
 * answer is a 304.
 */
export function sendJson(response: Response, body: unknown): void {
  response.setHeader('Cache-Control', 'no-cache')
  response.json(body)
}
