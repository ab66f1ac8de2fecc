import test from 'ava'
import { glyphs } from '../../src/data/glyphs.ts'
import { corruptionNames } from '../../src/evaluation/corruptions/corrupt.ts'
import type { CorruptConfig } from '../../src/plans/corruptions.ts'
import { expandPlan } from '../../src/plans/expand.ts'
import { type PlanInput, planSchema } from '../../src/plans/plan.ts'
import { profiles } from '../../src/plans/profiles/index.ts'
import type { CertifyConfig } from '../../src/plans/smoothing.ts'
import { tinyPlan } from '../runner/command.ts'

const dataset = glyphs({ train: 300, test: 60, seed: 0 })

const expand = (change: Partial<PlanInput> = {}) => {
  const plan = planSchema.parse({ ...tinyPlan, ...change })
  return expandPlan(
    plan,
    plan.models.map(() => dataset),
    'wasm',
  )
}
const only = (kind: string, change: Partial<PlanInput>) =>
  expand(change).filter(job => job.kind === kind)

test('corruptions and smoothing are one job a model, and leave all other jobs as they are', t => {
  const before = expand().map(({ id }) => id)
  const after = expand({ corruptions: {}, smoothing: { sigma: 0.25, estimation: 1000 } })
  t.deepEqual(
    after.filter(({ kind }) => kind !== 'corrupt' && kind !== 'certify').map(({ id }) => id),
    before,
  )
  const models = after.filter(({ kind }) => kind === 'train').map(({ id }) => id)
  for (const kind of ['corrupt', 'certify']) {
    const jobs = after.filter(job => job.kind === kind)
    t.deepEqual(jobs.map(({ needs }) => needs.join()).sort(), models.toSorted())
    t.true(jobs.every(({ cost, title }) => cost > 0 && title.startsWith(kind)))
  }
})

test('by default all kinds that fit, all severities, and as many examples as are attacked', t => {
  const [job] = only('corrupt', { corruptions: {} })
  t.deepEqual(job!.config as CorruptConfig, {
    version: 1,
    model: job!.needs[0]!,
    names: corruptionNames.filter(name => name !== 'saturate'),
    severities: [1, 2, 3, 4, 5],
    examples: 40,
    seed: 0,
  })
  const [certify] = only('certify', { smoothing: { sigma: 0.5 } })
  t.like(certify!.config as CertifyConfig, {
    ...{ sigma: 0.5, selection: 100, estimation: 100_000, alpha: 0.001, examples: 40, seed: 0 },
  })
  t.false('batch' in certify!.config)
})

test('the same kinds and severities in any order are the same job; others are another', t => {
  const id = (corruptions: PlanInput['corruptions']) => only('corrupt', { corruptions })[0]!.id
  const first = id({ names: ['fog', 'contrast'], severities: [1, 3] })
  t.is(id({ names: ['contrast', 'fog', 'fog'], severities: [3, 1, 3] }), first)
  t.is(id({ names: ['fog', 'contrast'], severities: [1, 3], examples: 40 }), first)
  t.not(id({ names: ['fog'], severities: [1, 3] }), first)
  t.not(id({ names: ['fog', 'contrast'], severities: [1] }), first)
  t.not(id({ names: ['fog', 'contrast'], severities: [1, 3], examples: 39 }), first)
  t.not(id({ names: ['fog', 'contrast'], severities: [1, 3], seed: 1 }), first)
})

test('more kinds, examples and copies cost more', t => {
  const cost = (change: Partial<PlanInput>) => expand(change).at(-1)!.cost
  const corruptions = { names: ['fog' as const], severities: [1 as const] }
  t.true(cost({ corruptions }) < cost({ corruptions: { ...corruptions, examples: 60 } }))
  t.true(cost({ corruptions }) < cost({ corruptions: {} }))
  const smoothing = { sigma: 0.1, estimation: 1000 }
  t.true(cost({ smoothing }) < cost({ smoothing: { ...smoothing, estimation: 2000 } }))
})

test('a plan that evaluates nothing does not judge on corrupted images either', t => {
  const none = { examples: 0, attacks: [], corruptions: {}, smoothing: { sigma: 1 } }
  t.deepEqual(
    expand(none).filter(({ kind }) => kind === 'corrupt' || kind === 'certify'),
    [],
  )
  t.is(only('corrupt', { ...none, corruptions: { examples: 5 } }).length, 3)
})

test('what cannot be is refused in one line', t => {
  t.throws(() => expand({ corruptions: { examples: 61 } }), {
    message: 'invalid plan: corruptions.examples is 61, but glyphs is used with 60 test examples',
  })
  t.throws(() => expand({ smoothing: { sigma: 1, examples: 61 } }), {
    message: /smoothing\.examples is 61, but glyphs/,
  })
  t.throws(() => expand({ corruptions: { names: ['saturate'] } }), {
    message: 'invalid corruption: saturate needs coloured images, those of glyphs are grey',
  })
  const refused = (change: object) => planSchema.safeParse({ ...tinyPlan, ...change }).success
  t.false(refused({ corruptions: { names: ['frost'] } }))
  t.false(refused({ corruptions: { severities: [0] } }))
  t.false(refused({ smoothing: {} }))
  t.false(refused({ smoothing: { sigma: 1, batch: 10 } }))
})

test('the profiles of images meet corruptions: some at night, all on published sets', t => {
  const of = (name: string) => planSchema.parse(profiles[name]).corruptions!
  t.deepEqual(of('quick').severities, [1, 3, 5])
  for (const name of ['mnist', 'fashion', 'cifar10']) {
    t.is(of(name).names, undefined)
    t.deepEqual(of(name).severities, [1, 2, 3, 4, 5])
  }
})
