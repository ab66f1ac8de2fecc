import type { RequestHandler } from 'express'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { parsed } from '../problem.ts'
import { transferQuerySchema } from '../schemas/transfer.ts'
import { transferOf } from '../transfer/transfer-of.ts'

/** `GET /transfer`: accuracy of every group of models on the examples crafted on every other. */
export function transfer(store: Store): RequestHandler {
  return async (request, response) => {
    sendJson(response, await transferOf(store, parsed(transferQuerySchema, request.query)))
  }
}
