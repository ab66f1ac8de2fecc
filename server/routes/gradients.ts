import type { RequestHandler } from 'express'
import { models } from '../../src/store/queries/models.ts'
import { probes } from '../../src/store/queries/probes.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { toProbe } from '../probe.ts'
import { parsed } from '../problem.ts'
import { type Gradients, gradientsQuerySchema } from '../schemas/gradients.ts'
import { chooseSetting, groupBySetting } from '../settings.ts'

/** `GET /gradients`: bias, variance, direction and cost of the gradient estimates, site by site. */
export function gradients(store: Store): RequestHandler {
  return async (request, response) => {
    const query = parsed(gradientsQuerySchema, request.query)
    const groups = groupBySetting(await models(store, query.dataset, query.architecture))
    const chosen = chooseSetting(groups, query.setting)
    const ids = chosen?.models.map(model => model.id) ?? []
    const rows = ids.length > 0 ? await probes(store, ids) : []
    sendJson(response, {
      settings: groups.map(group => group.setting),
      setting: chosen?.setting ?? null,
      probes: rows.map(toProbe),
    } satisfies Gradients)
  }
}
