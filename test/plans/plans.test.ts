import test from 'ava'
import { glyphs } from '../../src/data/glyphs.ts'
import { expandPlan } from '../../src/plans/expand.ts'
import { identifierOf } from '../../src/plans/identifier.ts'
import type { AttackConfig, ProbeConfig, TrainConfig } from '../../src/plans/job-config.ts'
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

test('every profile compares backprop with the likelihood ratio, and says what it does', t => {
  for (const [name, profile] of Object.entries(profiles)) {
    const plan = planSchema.parse(profile)
    t.is(plan.name, name)
    t.true(plan.description.length > 0)
    if (name.startsWith('probe-')) continue
    for (const { arms } of plan.models) {
      t.is(arms[0]!.name, 'bp')
      t.true(arms.some(arm => arm.name.startsWith('lr-')))
    }
  }
})

test('the quick profile covers five kinds of networks and three radii', t => {
  const plan = planSchema.parse(profiles.quick)
  t.deepEqual(
    plan.models.map(({ architecture }) => architecture.name),
    ['mlp', 'lenet', 'gru', 'gcn', 'snn'],
  )
  for (const { epsilons } of plan.attacks.slice(0, 2)) t.true(epsilons.length >= 3)
})

const sized = (architecture: object, vary: object) =>
  planSchema.safeParse({ ...tinyPlan, models: [{ ...tinyPlan.models[0], architecture, vary }] })

test('depth and width of an mlp are crossed, depth by depth', t => {
  const { data } = sized({ name: 'mlp', activation: 'tanh' }, { depth: [1, 3], width: [4, 8] })
  t.deepEqual(
    data!.models.map(({ architecture }) => architecture),
    [[4], [8], [4, 4, 4], [8, 8, 8]].map(hidden => ({ name: 'mlp', hidden, activation: 'tanh' })),
  )
  t.true(data!.models.every(group => !('vary' in group)))
  const widths = sized({ name: 'mlp', hidden: [5, 9] }, { width: [2] })
  t.like(widths.data!.models[0], { architecture: { hidden: [2, 2] } })
  const depths = sized({ name: 'mlp', hidden: [5] }, { depth: [2] })
  t.like(depths.data!.models[0], { architecture: { hidden: [5, 5] } })
})

test('depth and width of a resnet are its options of these names', t => {
  const { data } = sized({ name: 'resnet', width: 4 }, { depth: [5, 20] })
  t.deepEqual(
    data!.models.map(({ architecture }) => architecture),
    [5, 20].map(depth => ({ name: 'resnet', depth, width: 4, activation: 'relu' })),
  )
})

test('a size that an architecture does not have is refused by name', t => {
  const issue = (architecture: object, vary: object) => {
    const { path, message } = sized(architecture, vary).error!.issues[0]!
    return `${path.join('.')}: ${message}`
  }
  t.is(issue({ name: 'lenet' }, { depth: [4] }), 'models.0.vary.depth: lenet has no depth to vary')
  t.regex(issue({ name: 'resnet' }, { depth: [5, 21] }), /^models\.0\.vary\.depth: Too big/)
  t.regex(issue({ name: 'mlp' }, { depth: [2] }), /an mlp of varied depth needs one width/)
})

test('a sweep crosses copies and sigma with every estimator of the probe', t => {
  const probe: PlanInput['probe'] = {
    estimators: [{ name: 'lr-logit' }, { name: 'es', antithetic: false }],
    sweep: { copies: [2, 8], sigma: [0.1, 1] },
    batch: 10,
    reference: { copies: 64 },
  }
  const configs = expand({ probe })
    .filter(job => job.kind === 'probe')
    .map(job => job.config as ProbeConfig)
  t.is(configs.length, 3 * 8)
  t.deepEqual(
    configs
      .slice(0, 8)
      .map(({ estimator: { name, copies, sigma } }) => `${name} ${copies} ${sigma}`),
    ['lr-logit', 'es'].flatMap(name =>
      ['2 0.1', '2 1', '8 0.1', '8 1'].map(values => `${name} ${values}`),
    ),
  )
  t.true(configs.every(({ reference }) => reference?.copies === 64))
  t.like(configs[4]!.estimator, { antithetic: false })
})

test('a sweep over what an estimator cannot have is refused by name', t => {
  const estimators = [{ name: 'es' as const, copies: 4 }, { name: 'lr-logit' as const }]
  const { error } = planSchema.safeParse({
    ...tinyPlan,
    probe: { estimators, sweep: { copies: [4, 3] } },
  })
  const { path, message } = error!.issues[0]!
  t.is(path.join('.'), 'probe.sweep.copies')
  t.is(message, 'antithetic pairs need an even number of copies (es)')
})

test('a probe without a reference keeps the identifier that it had before there were any', t => {
  const config = expand().find(job => job.kind === 'probe')!.config
  t.false('reference' in config)
})

test('without examples nothing is evaluated; training and probes stay', t => {
  const jobs = expand({ examples: 0 })
  t.deepEqual(
    jobs.map(({ kind }) => kind),
    ['train', 'train', 'train', 'probe', 'probe', 'probe'],
  )
})

test('titles tell groups of one architecture apart by the options that differ', t => {
  const [group] = tinyPlan.models
  const models = [{ ...group!, vary: { depth: [1, 2], width: [4] } }]
  const titles = expand({ models, examples: 0 }).map(({ title }) => title)
  t.true(titles.includes('train glyphs mlp hidden 2×4 bp seed 0'))
  t.true(titles.includes('probe lr-logit K 2 σ 0.1 glyphs mlp hidden 1×4 bp seed 0'))
})
