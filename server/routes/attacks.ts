import type { RequestHandler } from 'express'
import type { Store } from '../../src/store/store.ts'
import { attacksOf } from '../attacks/attacks-of.ts'
import { convergenceOf } from '../attacks/convergence-of.ts'
import { sendJson } from '../json.ts'
import { parsed } from '../problem.ts'
import { attacksQuerySchema, convergenceQuerySchema } from '../schemas/attacks.ts'

/** `GET /attacks`: what each white-box attack breaks, what it costs and how much it changes. */
export function attacks(store: Store): RequestHandler {
  return async (request, response) => {
    sendJson(response, await attacksOf(store, parsed(attacksQuerySchema, request.query)))
  }
}

/** `GET /attacks/convergence`: loss and robust accuracy over the iterations of an attack. */
export function convergence(store: Store): RequestHandler {
  return async (request, response) => {
    sendJson(response, await convergenceOf(store, parsed(convergenceQuerySchema, request.query)))
  }
}
