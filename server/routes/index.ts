import type { Route } from '../route.ts'
import {
  nightliesQuerySchema,
  nightliesSchema,
  nightlyDetailSchema,
  nightlyParamsSchema,
  trendQuerySchema,
  trendSchema,
} from '../schemas/nightly.ts'
import {
  gradientsQuerySchema,
  gradientsSchema,
  healthSchema,
  robustnessQuerySchema,
  robustnessSchema,
  runDetailSchema,
  runParamsSchema,
  runsQuerySchema,
  runsSchema,
  stepsQuerySchema,
  stepsSchema,
  summarySchema,
  sweepQuerySchema,
  sweepSchema,
} from '../schemas.ts'
import { gradients } from './gradients.ts'
import { health } from './health.ts'
import { nightlies } from './nightlies.ts'
import { nightly } from './nightly.ts'
import { nightlyTrend } from './nightly-trend.ts'
import { robustness } from './robustness.ts'
import { run } from './run.ts'
import { runs } from './runs.ts'
import { steps } from './steps.ts'
import { summary } from './summary.ts'
import { sweep } from './sweep.ts'

/** Every address of the API. */
export const routes: readonly Route[] = [
  {
    path: '/health',
    summary: 'whether the server answers and the database can be read',
    answer: healthSchema,
    handler: health,
  },
  {
    path: '/summary',
    summary: 'how much there is, what can be chosen, and how the latest nightly fares',
    answer: summarySchema,
    handler: summary,
  },
  {
    path: '/robustness',
    summary: 'accuracy against epsilon of matched models, and their paired differences',
    query: robustnessQuerySchema,
    answer: robustnessSchema,
    handler: robustness,
  },
  {
    path: '/gradients',
    summary: 'bias, variance, direction and cost of the gradient estimates, site by site',
    query: gradientsQuerySchema,
    answer: gradientsSchema,
    handler: gradients,
  },
  {
    path: '/gradients/sweep',
    summary: 'every gradient probe on a data set, to be drawn against what varies',
    query: sweepQuerySchema,
    answer: sweepSchema,
    handler: sweep,
  },
  {
    path: '/gradients/steps',
    summary: 'how gradients shrink or grow through the steps of recurrent networks',
    query: stepsQuerySchema,
    answer: stepsSchema,
    handler: steps,
  },
  {
    path: '/runs',
    summary: 'training runs, filtered and sorted, by pages',
    query: runsQuerySchema,
    answer: runsSchema,
    handler: runs,
  },
  {
    path: '/runs/:id',
    summary: 'everything known about one training run',
    params: runParamsSchema,
    answer: runDetailSchema,
    handler: run,
  },
  {
    path: '/nightlies',
    summary: 'executions of plans, the latest first, by pages',
    query: nightliesQuerySchema,
    answer: nightliesSchema,
    handler: nightlies,
  },
  {
    path: '/nightlies/trend',
    summary: 'one number of a plan over its executions, with the alarms',
    query: trendQuerySchema,
    answer: trendSchema,
    handler: nightlyTrend,
  },
  {
    path: '/nightlies/:id',
    summary: 'how one execution went, and what changed since an earlier one',
    params: nightlyParamsSchema,
    answer: nightlyDetailSchema,
    handler: nightly,
  },
]
