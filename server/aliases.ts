import type { RequestHandler } from 'express'

/** What is also found without the version: the files that people name in scripts and notebooks. */
const unversioned = /^\/(?:export\.[a-z]+|openapi\.json)(?=$|\?)/

/** Leads addresses below `/api` that name no version to those of the current one. */
export const aliases: RequestHandler = (request, _response, next) => {
  if (unversioned.test(request.url)) request.url = `/v1${request.url}`
  next()
}
