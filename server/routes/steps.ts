import type { RequestHandler } from 'express'
import { stepGradients } from '../../src/store/queries/step-gradients.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { parsed } from '../problem.ts'
import { type Steps, stepsQuerySchema } from '../schemas/gradients.ts'
import { stepGroups } from '../steps/groups.ts'

/** `GET /gradients/steps`: how gradients shrink or grow through the steps of recurrent networks. */
export function steps(store: Store): RequestHandler {
  return async (request, response) => {
    const { dataset } = parsed(stepsQuerySchema, request.query)
    const probes = await stepGradients(store, dataset)
    sendJson(response, { groups: stepGroups(probes) } satisfies Steps)
  }
}
