import type { RequestHandler } from 'express'
import {
  countEvaluations,
  evaluationList,
  type ListedEvaluation,
} from '../../src/store/queries/evaluation-list.ts'
import type { Store } from '../../src/store/store.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { sendJson } from '../json.ts'
import { parsed } from '../problem.ts'
import {
  type Evaluation,
  type Evaluations,
  evaluationsQuerySchema,
} from '../schemas/evaluations.ts'

/** `GET /evaluations`: a page of evaluations; the cursor is the key of the last one. */
export function evaluations(store: Store): RequestHandler {
  return async (request, response) => {
    const { sort, order, cursor, limit, ...filter } = parsed(evaluationsQuerySchema, request.query)
    const after = cursor === undefined ? undefined : decodeCursor(cursor, order, sort)
    const page = await evaluationList(store, filter, { sort, order, after, limit: limit + 1 })
    const rows = page.slice(0, limit)
    const last = rows.at(-1)
    sendJson(response, {
      total: await countEvaluations(store, filter),
      items: rows.map(toEvaluation),
      nextCursor:
        page.length > limit && last ? encodeCursor(order, sort, [last.sort_value, last.id]) : null,
    } satisfies Evaluations)
  }
}

function toEvaluation(row: ListedEvaluation): Evaluation {
  const { architecture, arm, seed } = row
  return {
    id: row.id,
    dataset: row.dataset,
    model: { id: row.model_id, architecture, arm, seed },
    craftedOn: {
      id: row.crafted_on,
      architecture: row.source_architecture,
      arm: row.source_arm,
      seed: row.source_seed,
    },
    transfer: row.crafted_on !== row.model_id,
    attack: row.attack,
    norm: row.norm,
    epsilon: row.epsilon,
    attackConfig: JSON.parse(row.attack_config),
    seed: row.attack_seed,
    n: row.n,
    cleanCorrect: row.clean_correct,
    robustCorrect: row.robust_correct,
    robustAccuracy: row.robust_accuracy,
    low: row.robust_accuracy_low,
    high: row.robust_accuracy_high,
    setting: row.setting,
    purpose: row.purpose,
    inference: row.inference === null ? null : JSON.parse(row.inference),
    queriesMean: row.queries_mean,
    seconds: row.seconds,
    createdAt: row.created_at,
  }
}
