import type { Route } from '../route.ts'
import { compareQuerySchema, compareSchema } from '../schemas/compare.ts'
import { learningQuerySchema, learningSchema } from '../schemas/learning.ts'
import { runJobsSchema } from '../schemas/run-jobs.ts'
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
import { compare } from './compare.ts'
import { gradients } from './gradients.ts'
import { health } from './health.ts'
import { learning } from './learning.ts'
import { robustness } from './robustness.ts'
import { run } from './run.ts'
import { runJobs } from './run-jobs.ts'
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
    path: '/compare',
    summary: 'two to eight runs side by side: what differs, results on the same examples, curves',
    query: compareQuerySchema,
    answer: compareSchema,
    handler: compare,
  },
  {
    path: '/runs/:id/jobs',
    summary:
      'the job that made a run, those that needed it and failed, the plans that asked for it',
    params: runParamsSchema,
    answer: runJobsSchema,
    handler: runJobs,
  },
  {
    path: '/gradients/learning',
    summary: 'learning curves of matched models, arm by arm, with intervals over the seeds',
    query: learningQuerySchema,
    answer: learningSchema,
    handler: learning,
  },
]
