import type { RequestHandler } from 'express'
import { outcomes } from '../../src/store/queries/outcomes.ts'
import { learningCurve, run as readRun, runEvaluations } from '../../src/store/queries/run.ts'
import { listedRun } from '../../src/store/queries/runs.ts'
import type { Store } from '../../src/store/store.ts'
import { leavesOf } from '../compare/leaves.ts'
import { resultsOf } from '../compare/results.ts'
import { sendJson } from '../json.ts'
import { HttpProblem, parsed } from '../problem.ts'
import { toRun } from '../run-row.ts'
import { type Comparison, compareQuerySchema } from '../schemas/compare.ts'
import { datasetOf, environmentOf, toPoint } from './run.ts'

/** `GET /compare?runs=a,b`: runs side by side; differences are against the first one. */
export function compare(store: Store): RequestHandler {
  return async (request, response) => {
    const ids = parsed(compareQuerySchema, request.query).runs.split(',')
    const twice = ids.find((id, at) => ids.indexOf(id) !== at)
    if (twice) throw invalid(400, `invalid runs: ${twice} is named twice`)
    const found = await Promise.all(ids.map(id => read(store, id)))
    const decided = await outcomes(
      store,
      found.flatMap(({ evaluations }) => evaluations.map(({ id }) => id)),
    )
    const compared = found.map(({ model, evaluations }) => ({
      id: model.id,
      seed: model.seed,
      dataset: model.dataset_id,
      evaluations,
    }))
    sendJson(response, {
      runs: found.map(({ listed }) => toRun(listed)),
      leaves: leavesOf(found.map(configurationOf)),
      results: resultsOf(compared, decided),
      curves: found.map(({ curve }) => curve.map(toPoint)),
    } satisfies Comparison)
  }
}

async function read(store: Store, id: string) {
  const model = await readRun(store, id)
  if (!model) throw invalid(404, `unknown run: ${id}`)
  const [listed, curve, all] = await Promise.all([
    listedRun(store, id),
    learningCurve(store, id),
    runEvaluations(store, id),
  ])
  return { model, listed, curve, evaluations: all.filter(one => one.purpose === 'comparison') }
}

type Found = Awaited<ReturnType<typeof read>>

function configurationOf({ model }: Found): Record<string, unknown> {
  const { id: _dataset, classes, ...dataset } = datasetOf(model)
  const { id: _environment, ...environment } = environmentOf(model)
  return {
    arm: model.arm,
    seed: model.seed,
    pair: model.pair_id,
    parameters: model.parameters,
    architecture: JSON.parse(model.architecture_config),
    estimator: JSON.parse(model.estimator_config),
    training: JSON.parse(model.training_config),
    dataset: { ...dataset, classes },
    environment,
  }
}

function invalid(status: number, detail: string): HttpProblem {
  return new HttpProblem(status, detail, [{ field: 'runs', message: detail }])
}
