import type { RequestHandler } from 'express'
import { z } from 'zod'
import { gauntletVersion } from '../../src/runner/project.ts'
import { sendJson } from '../json.ts'
import { type OpenApiDocument, openApiOf } from '../openapi.ts'
import { parsed } from '../problem.ts'
import { routes } from './index.ts'

let document: Promise<OpenApiDocument> | undefined

/** `GET /openapi.json`: what every address takes and gives. */
export function openapi(): RequestHandler {
  return async (request, response) => {
    parsed(z.strictObject({}), request.query)
    document ??= describe()
    sendJson(response, await document)
  }
}

async function describe(): Promise<OpenApiDocument> {
  return openApiOf(routes, await gauntletVersion())
}
