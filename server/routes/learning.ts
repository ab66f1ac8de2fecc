import type { RequestHandler } from 'express'
import { learningCurves } from '../../src/store/queries/learning-curves.ts'
import { models } from '../../src/store/queries/models.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { learningOf } from '../learning/over-seeds.ts'
import { parsed } from '../problem.ts'
import { type Learning, learningQuerySchema } from '../schemas/learning.ts'
import { chooseSetting, groupBySetting, matchedSeries } from '../settings.ts'

/** `GET /gradients/learning`: learning curves of matched models, arm by arm over the seeds. */
export function learning(store: Store): RequestHandler {
  return async (request, response) => {
    const query = parsed(learningQuerySchema, request.query)
    const groups = groupBySetting(await models(store, query.dataset, query.architecture))
    const chosen = chooseSetting(groups, query.setting)
    const { series } = matchedSeries(chosen?.models ?? [])
    const ids = series.flatMap(one => one.models.map(({ id }) => id))
    const rows = ids.length > 0 ? await learningCurves(store, ids) : []
    sendJson(response, {
      settings: groups.map(group => group.setting),
      setting: chosen?.setting ?? null,
      series: series.map(one => learningOf(one, rows)).filter(one => one.steps.length > 0),
    } satisfies Learning)
  }
}
