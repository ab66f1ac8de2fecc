import type { RequestHandler } from 'express'
import { countExamples, examplesOf, hasEvaluation } from '../../src/store/queries/examples.ts'
import type { Store } from '../../src/store/store.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { sendJson } from '../json.ts'
import { HttpProblem, parsed } from '../problem.ts'
import {
  type Example,
  type Examples,
  evaluationParamsSchema,
  examplesQuerySchema,
} from '../schemas/evaluations.ts'

/** What orders examples: their number in the test split, rising. */
const key = ['asc', 'example'] as const

/** `GET /evaluations/:id/examples`: a page of what became of the examples of one evaluation. */
export function evaluationExamples(store: Store): RequestHandler {
  return async (request, response) => {
    const { id } = parsed(evaluationParamsSchema, request.params)
    const { success, cursor, limit } = parsed(examplesQuerySchema, request.query)
    const after = cursor === undefined ? undefined : Number(decodeCursor(cursor, ...key)[0])
    if (!(await hasEvaluation(store, id))) {
      throw new HttpProblem(404, `unknown evaluation: ${id}`, [
        { field: 'id', message: 'unknown evaluation' },
      ])
    }
    const page = await examplesOf(store, id, { success, after, limit: limit + 1 })
    const rows = page.slice(0, limit)
    const last = rows.at(-1)
    sendJson(response, {
      total: await countExamples(store, id, success),
      items: rows.map(toExample),
      nextCursor: page.length > limit && last ? encodeCursor(...key, [last.example, id]) : null,
    } satisfies Examples)
  }
}

function toExample(row: Awaited<ReturnType<typeof examplesOf>>[number]): Example {
  return {
    example: row.example,
    label: row.label,
    cleanPrediction: row.clean_prediction,
    adversarialPrediction: row.adversarial_prediction,
    success: row.success === 1,
    linf: row.linf,
    l2: row.l2,
    l1: row.l1,
    queries: row.queries,
    component: row.component,
    words: row.words,
    changedWords: row.changed_words,
    changedEdges: row.changed_edges,
    changedEntries: row.changed_entries,
  }
}
