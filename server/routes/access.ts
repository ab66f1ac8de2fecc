import { z } from 'zod'
import { formatNames, formats } from '../../src/export/formats.ts'
import type { Route } from '../route.ts'
import {
  evaluationParamsSchema,
  evaluationsQuerySchema,
  evaluationsSchema,
  examplesQuerySchema,
  examplesSchema,
} from '../schemas/evaluations.ts'
import { exportParamsSchema, exportQuerySchema } from '../schemas/export.ts'
import { sqlAnswerSchema, sqlQuerySchema, viewsSchema } from '../schemas/query.ts'
import { evaluationExamples } from './evaluation-examples.ts'
import { evaluations } from './evaluations.ts'
import { events } from './events.ts'
import { exportRows } from './export.ts'
import { openapi } from './openapi.ts'
import { query } from './query.ts'
import { views } from './views.ts'

/** The addresses for people who take the results elsewhere: lists, SQL, files and events. */
export const accessRoutes: readonly Route[] = [
  {
    path: '/evaluations',
    summary: 'models judged on the examples of attacks, filtered and sorted, by pages',
    query: evaluationsQuerySchema,
    answer: evaluationsSchema,
    handler: evaluations,
  },
  {
    path: '/evaluations/:id/examples',
    summary: 'what became of every test example in one evaluation, by pages',
    params: evaluationParamsSchema,
    query: examplesQuerySchema,
    answer: examplesSchema,
    handler: evaluationExamples,
  },
  {
    path: '/views',
    summary: 'the views that are made for reading, and what each of their columns means',
    answer: viewsSchema,
    handler: views,
  },
  {
    path: '/query',
    summary: 'the answer to one select statement, within limits of time, rows and size',
    query: sqlQuerySchema,
    answer: sqlAnswerSchema,
    kept: false,
    handler: query,
  },
  {
    path: '/export.:format',
    summary: 'the rows of a view or table as a file; other parameters are values of its columns',
    params: exportParamsSchema,
    query: exportQuerySchema,
    answer: z.union([z.string(), z.array(z.record(z.string(), z.unknown()))]),
    produces: formatNames.map(name => formats[name].mediaType),
    kept: false,
    handler: exportRows,
  },
  {
    path: '/events',
    summary: 'server-sent events: `state`, as JSON, whenever results come or a nightly gets on',
    answer: z.string().describe('events of the name state; their data is a JSON object'),
    produces: ['text/event-stream'],
    kept: false,
    handler: events,
  },
  {
    path: '/openapi.json',
    summary: 'this document: what every address takes and gives',
    answer: z.looseObject({
      openapi: z.literal('3.1.0'),
      paths: z.record(z.string(), z.unknown()),
    }),
    kept: false,
    handler: openapi,
  },
]
