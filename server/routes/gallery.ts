import type { RequestHandler } from 'express'
import { storedEvaluation } from '../../src/store/queries/gallery.ts'
import type { Store } from '../../src/store/store.ts'
import { cleanData } from '../gallery/clean-data.ts'
import { contentsOf } from '../gallery/contents-of.ts'
import { galleryOf } from '../gallery/gallery-of.ts'
import { sendJson } from '../json.ts'
import { HttpProblem, parsed } from '../problem.ts'
import type { Files } from '../route.ts'
import {
  contentsParamsSchema,
  contentsQuerySchema,
  galleryQuerySchema,
} from '../schemas/gallery.ts'

/** `GET /gallery`: what matched models made of the same examples under one attack, by pages. */
export function gallery(store: Store): RequestHandler {
  return async (request, response) => {
    const query = parsed(galleryQuerySchema, request.query)
    sendJson(response, await galleryOf(store, query))
  }
}

/** `GET /gallery/:evaluation`: what examples look like, before and after the attack. */
export function galleryContents(store: Store, files: Files): RequestHandler {
  const load = cleanData(files.data)
  return async (request, response) => {
    const { evaluation: id } = parsed(contentsParamsSchema, request.params)
    const { examples } = parsed(contentsQuerySchema, request.query)
    const evaluation = await storedEvaluation(store, id)
    if (!evaluation) {
      const errors = [{ field: 'evaluation', message: 'unknown evaluation' }]
      throw new HttpProblem(404, `unknown evaluation: ${id}`, errors)
    }
    sendJson(response, await contentsOf(evaluation, examples, files, load))
  }
}
