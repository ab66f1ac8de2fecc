import type { RequestHandler } from 'express'
import { HttpProblem } from './problem.ts'

/** Longest address that is looked at, in characters; Node itself takes 16 KiB with all headers. */
const longestAddress = 12_000

/** 414 for addresses that are longer than any that this server gives out. */
export const addressLimit: RequestHandler = (request, _response, next) => {
  const { length } = request.originalUrl
  if (length <= longestAddress) return next()
  throw new HttpProblem(414, `${length} characters of address; at most ${longestAddress}`)
}
