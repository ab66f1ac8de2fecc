import test from 'ava'
import { glyphs } from '../../src/data/glyphs.ts'
import { UsageError } from '../../src/errors.ts'
import { expandPlan } from '../../src/plans/expand.ts'
import type { TrainConfig } from '../../src/plans/job-config.ts'
import { type PlanInput, planSchema } from '../../src/plans/plan.ts'
import { loadConfiguredData } from '../../src/runner/configured-data.ts'
import { loadPlanData } from '../../src/runner/run-plan.ts'
import { tinyPlan } from '../runner/command.ts'

type Encoding = NonNullable<PlanInput['models'][number]['data']['encoding']>

function planWith(encoding?: Encoding) {
  const [group] = tinyPlan.models
  const data = { ...group!.data, ...(encoding && { encoding }) }
  return planSchema.parse({ ...tinyPlan, models: [{ ...group!, data }] })
}

/** The training jobs of a plan; which set stands for the data does not matter to a configuration. */
function trainJobs(encoding?: Encoding) {
  return expandPlan(planWith(encoding), [glyphs({ train: 300, test: 60, seed: 0 })], 'wasm')
    .filter(({ kind }) => kind === 'train')
    .map(({ id, config }) => ({ id, data: (config as unknown as TrainConfig).data }))
}

test('what a plan says of the encoding is in the training job, and nothing else', t => {
  const encoding = { length: 32, truncation: 'left' } as const
  for (const { data } of trainJobs(encoding)) t.deepEqual(data.encoding, encoding)
  for (const { data } of trainJobs()) t.false('encoding' in data)
})

test('jobs of two encodings have two identifiers', t => {
  const ids = [undefined, { length: 32 }, { length: 33 }].map(one => trainJobs(one)[0]!.id)
  t.is(new Set(ids).size, 3)
})

test('an encoding that makes no sense is no plan', t => {
  t.throws(() => planWith({ length: 0 }), { message: /"encoding",\s+"length"/ })
  t.throws(() => planWith({ padding: 'middle' as 'left' }), { message: /"padding"/ })
  t.throws(() => planWith({ lenght: 5 } as Encoding), { message: /"lenght"/ })
})

test('the encoding reaches the loader, from a plan and from a job', async t => {
  const refused = {
    instanceOf: UsageError,
    message: 'invalid encoding: glyphs is no set of texts',
  }
  await t.throwsAsync(loadPlanData(planWith({ length: 32 }), undefined), refused)
  const { data } = trainJobs({ length: 32 })[0]!
  await t.throwsAsync(loadConfiguredData(data, undefined), refused)
})
