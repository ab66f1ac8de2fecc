import type { Route } from '../route.ts'
import {
  attacksQuerySchema,
  attacksSchema,
  convergenceQuerySchema,
  convergenceSchema,
} from '../schemas/attacks.ts'
import { compareQuerySchema, compareSchema } from '../schemas/compare.ts'
import {
  contentsParamsSchema,
  contentsQuerySchema,
  contentsSchema,
  galleryQuerySchema,
  gallerySchema,
} from '../schemas/gallery.ts'
import {
  gradientsQuerySchema,
  gradientsSchema,
  stepsQuerySchema,
  stepsSchema,
  sweepQuerySchema,
  sweepSchema,
} from '../schemas/gradients.ts'
import { learningQuerySchema, learningSchema } from '../schemas/learning.ts'
import {
  nightliesQuerySchema,
  nightliesSchema,
  nightlyDetailSchema,
  nightlyParamsSchema,
  trendQuerySchema,
  trendSchema,
} from '../schemas/nightly.ts'
import { robustnessQuerySchema, robustnessSchema } from '../schemas/robustness.ts'
import { runJobsSchema } from '../schemas/run-jobs.ts'
import { runDetailSchema, runParamsSchema, runsQuerySchema, runsSchema } from '../schemas/runs.ts'
import { healthSchema, summarySchema } from '../schemas/summary.ts'
import { transferQuerySchema, transferSchema } from '../schemas/transfer.ts'
import { accessRoutes } from './access.ts'
import { attacks, convergence } from './attacks.ts'
import { compare } from './compare.ts'
import { gallery, galleryContents } from './gallery.ts'
import { gradients } from './gradients.ts'
import { health } from './health.ts'
import { learning } from './learning.ts'
import { nightlies } from './nightlies.ts'
import { nightly } from './nightly.ts'
import { nightlyTrend } from './nightly-trend.ts'
import { robustness } from './robustness.ts'
import { run } from './run.ts'
import { runJobs } from './run-jobs.ts'
import { runs } from './runs.ts'
import { steps } from './steps.ts'
import { summary } from './summary.ts'
import { sweep } from './sweep.ts'
import { transfer } from './transfer.ts'

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
    path: '/transfer',
    summary: 'accuracy of every kind of model on the examples crafted on every other',
    query: transferQuerySchema,
    answer: transferSchema,
    handler: transfer,
  },
  {
    path: '/attacks',
    summary: 'what each attack breaks, what it costs and how much it changes',
    query: attacksQuerySchema,
    answer: attacksSchema,
    handler: attacks,
  },
  {
    path: '/attacks/convergence',
    summary: 'loss and robust accuracy over the iterations of an attack',
    query: convergenceQuerySchema,
    answer: convergenceSchema,
    handler: convergence,
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
  ...accessRoutes,
  {
    path: '/gallery',
    summary: 'what matched models made of the same adversarial examples, by pages',
    query: galleryQuerySchema,
    answer: gallerySchema,
    handler: gallery,
  },
  {
    path: '/gallery/:evaluation',
    summary: 'images, texts or graphs of an evaluation before and after the attack',
    params: contentsParamsSchema,
    query: contentsQuerySchema,
    answer: contentsSchema,
    kept: false,
    handler: galleryContents,
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
