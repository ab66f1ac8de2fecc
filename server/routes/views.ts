import type { RequestHandler } from 'express'
import { z } from 'zod'
import { views as documented } from '../../src/store/views.ts'
import { sendJson } from '../json.ts'
import { parsed } from '../problem.ts'
import type { Views } from '../schemas/query.ts'

/** `GET /views`: the views that are made for reading, and what each of their columns means. */
export function views(): RequestHandler {
  return (request, response) => {
    parsed(z.strictObject({}), request.query)
    sendJson(response, {
      views: documented.map(({ name, description, columns }) => ({
        name,
        description,
        columns: Object.entries<string>(columns).map(([column, meaning]) => ({
          name: column,
          meaning,
        })),
      })),
    } satisfies Views)
  }
}
