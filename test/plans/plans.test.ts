import test from 'ava'
import { glyphs } from '../../src/data/glyphs.ts'
import { expandPlan } from '../../src/plans/expand.ts'
import { identifierOf } from '../../src/plans/identifier.ts'
import type { AttackConfig, TrainConfig } from '../../src/plans/job-config.ts'
import { type PlanInput, planSchema } from '../../src/plans/plan.ts'
import { profiles } from '../../src/plans/profiles/index.ts'
import { pairId } from '../../src/runner/train-job.ts'
import { tinyJobs, tinyPlan } from '../runner/command.ts'

const dataset = glyphs({ train: 300, test: 60, seed: 0 })

const expand = (change: Partial<PlanInput> = {}, engine: 'wasm' | 'tensorflow' = 'wasm') => {
  const plan = planSchema.parse({ ...tinyPlan, ...change })
  return expandPlan(
    plan,
    plan.models.map(() => dataset),
    engine,
  )
}

test('equal values have equal identifiers whatever the order of their keys', t => {
  t.is(
    identifierOf({ a: 1, b: [2, { c: 3, d: 4 }] }),
    identifierOf({ b: [2, { d: 4, c: 3 }], a: 1 }),
  )
  t.not(identifierOf({ a: 1 }), identifierOf({ a: 2 }))
  t.regex(identifierOf('x'), /^[0-9a-f]{20}$/)
})

test('a plan expands into every job once, each after those it needs', t => {
  const jobs = expand()
  t.is(jobs.length, tinyJobs)
  const seen = new Set<string>()
  for (const { id, needs } of jobs) {
    for (const need of needs) t.true(seen.has(need))
    t.false(seen.has(id))
    seen.add(id)
  }
})

test('transfer jobs cover every ordered pair and name the model they were crafted on', t => {
  const configs = expand()
    .filter(job => job.kind === 'attack')
    .map(job => job.config as AttackConfig)
  const transfers = configs.filter(({ craftedBy }) => craftedBy !== null)
  t.is(new Set(transfers.map(({ model, craftedOn }) => `${craftedOn} ${model}`)).size, 6)
  t.true(transfers.every(({ model, craftedOn }) => model !== craftedOn))
  t.is(expand({ transfer: 'none' }).length, tinyJobs - transfers.length)
})

test('with two seeds, transfer stays within a seed if asked to', t => {
  const models = tinyPlan.models.map(group => ({ ...group, seeds: [0, 1] }))
  const count = (transfer: 'all' | 'same-seed') =>
    expand({ models, transfer }).filter(job => (job.config as AttackConfig).craftedBy).length
  t.is(count('all'), 6 * 5 * 3)
  t.is(count('same-seed'), 2 * 3 * 2 * 3)
})

test('an identifier changes with whatever the numbers depend on', t => {
  const ids = (change?: Partial<PlanInput>, engine?: 'tensorflow') =>
    expand(change, engine).map(({ id }) => id)
  const before = new Set(ids())
  t.deepEqual(new Set(ids()), before)
  t.true(ids({}, 'tensorflow').every(id => !before.has(id)))
  t.deepEqual(new Set(ids({ description: 'another text', name: 'other' })), before)
  const [group] = tinyPlan.models
  for (const changed of [
    { ...group!, training: { ...group!.training, learningRate: 0.02 } },
    { ...group!, seeds: [3] },
    { ...group!, architecture: { name: 'mlp' as const, hidden: [13] } },
  ]) {
    t.true(ids({ models: [changed] }).every(id => !before.has(id)))
  }
})

test('matched models share their pair and differ in the arm alone', t => {
  const models = tinyPlan.models.map(group => ({ ...group, seeds: [0, 1] }))
  const configs = expand({ models })
    .filter(job => job.kind === 'train')
    .map(job => job.config as TrainConfig)
  t.is(configs.length, 6)
  for (const one of configs) {
    for (const other of configs) {
      t.is(pairId(one) === pairId(other), one.seed === other.seed)
    }
  }
})

test('a list that does not fit the sites is refused, in arms and in probes', t => {
  const [group] = tinyPlan.models
  const arms: PlanInput['models'][number]['arms'] = [{ name: 'lr-logit', copies: [4, 4, 4] }]
  const message = /invalid copies of lr-logit: 3 values for 2 sites/
  t.throws(() => expand({ models: [{ ...group!, arms }] }), { message })
  const estimators = [{ name: 'lr-logit' as const, copies: [2, 2, 2] }]
  t.throws(() => expand({ probe: { estimators } }), { message })
})

test('noise costs more the more copies', t => {
  const [group] = tinyPlan.models
  const cost = (arm: PlanInput['models'][number]['arms'][number]) =>
    expand({ models: [{ ...group!, arms: [arm] }] })[0]!.cost
  t.true(cost({ name: 'bp' }) < cost({ name: 'lr-logit', copies: 2 }))
  t.true(cost({ name: 'lr-logit', copies: [2, 4] }) < cost({ name: 'lr-logit', copies: 4 }))
  t.true(cost({ name: 'lr-logit' }) < cost({ name: 'lr-logit', noise: { sequence: 'sobol' } }))
  for (const name of ['lr-weight', 'es'] as const) {
    t.true(cost({ name, copies: 8 }) < cost({ name, copies: 16 }))
  }
})

test('every profile is valid and trains all arms on two architectures', t => {
  for (const profile of Object.values(profiles)) {
    const plan = planSchema.parse(profile)
    t.deepEqual(
      plan.models.map(({ architecture }) => architecture.name),
      ['mlp', 'lenet'],
    )
    for (const { arms } of plan.models) {
      t.deepEqual(
        arms.map(({ name }) => name),
        ['bp', 'bp-noise', 'lr-logit'],
      )
    }
    for (const { epsilons } of plan.attacks.slice(0, 2)) t.true(epsilons.length >= 3)
  }
})
