import test from 'ava'
import { glyphs } from '../../src/data/glyphs.ts'
import { citations } from '../../src/data/graph/citations.ts'
import { topics } from '../../src/data/text/topics.ts'
import { expandPlan } from '../../src/plans/expand.ts'
import type { AttackConfig, TrainConfig } from '../../src/plans/job-config.ts'
import { type PlanInput, planSchema } from '../../src/plans/plan.ts'

const sets = {
  glyphs: glyphs({ train: 100, test: 60, seed: 0 }),
  topics: topics({ train: 100, test: 60, seed: 0 }),
  citations: citations({ train: 80, test: 320, seed: 0 }),
}

const groups: PlanInput['models'] = [
  { data: { name: 'glyphs' }, architecture: { name: 'mlp' } },
  { data: { name: 'topics' }, architecture: { name: 'gru' } },
  { data: { name: 'citations' }, architecture: { name: 'gcn' } },
].map(group => ({
  ...(group as PlanInput['models'][number]),
  training: { epochs: 1 },
  arms: [{ name: 'bp' }, { name: 'lr-logit', copies: 2 }],
}))

const parse = (attacks: PlanInput['attacks'], models = groups) =>
  planSchema.safeParse({ name: 'mixed', models, attacks, examples: 50 })

function expanded(attacks: PlanInput['attacks']) {
  const plan = parse(attacks).data!
  const datasets = plan.models.map(({ data }) => sets[data.name as keyof typeof sets])
  const jobs = expandPlan(plan, datasets, 'wasm')
  const names = new Map(
    jobs.flatMap(({ id, kind, config }) =>
      kind === 'train' ? [[id, (config as unknown as TrainConfig).data.name] as const] : [],
    ),
  )
  return jobs
    .filter(({ kind }) => kind === 'attack')
    .map(job => ({ ...job, config: job.config as unknown as AttackConfig }))
    .filter(({ config }) => config.attack !== null)
    .map(job => ({ ...job, data: names.get(job.config.model)! }))
}

test('an attack runs on the models of the data it is made for, and on their twins', t => {
  const jobs = expanded([
    { attack: { name: 'fgsm' }, epsilons: [0.1] },
    { attack: { name: 'hotflip' }, epsilons: [0.1] },
    { attack: { name: 'feature-flip' }, epsilons: [0.1] },
  ])
  const counts = (attack: string) => {
    const own = jobs.filter(({ config }) => config.attack!.name === attack)
    const transferred = own.filter(({ config }) => config.craftedOn !== config.model)
    return [...new Set(own.map(({ data }) => data)), own.length, transferred.length]
  }
  t.deepEqual(counts('fgsm'), ['glyphs', 4, 2])
  t.deepEqual(counts('hotflip'), ['topics', 4, 2])
  t.deepEqual(counts('feature-flip'), ['citations', 4, 2])
  for (const { needs, config } of jobs) {
    t.deepEqual(needs, config.craftedBy ? [config.craftedBy, config.model] : [config.model])
  }
})

test('what tells nothing on another model is not transferred', t => {
  const jobs = expanded([
    { attack: { name: 'embedding-pgd' }, epsilons: [0.1] },
    { attack: { name: 'dice' }, epsilons: [0.1] },
    { attack: { name: 'random-structure' }, epsilons: [0.1] },
  ])
  t.is(jobs.length, 3 * 2)
  t.true(jobs.every(({ config }) => config.craftedBy === null))
})

test('poisoning is a job after the evasion that it belongs to, which keeps its identifier', t => {
  const dice = { attack: { name: 'dice' as const }, epsilons: [0.1] }
  const plain = expanded([dice])
  const both = expanded([{ ...dice, settings: ['evasion', 'poisoning'] }])
  t.deepEqual(
    both.filter(({ config }) => !('setting' in config)).map(({ id }) => id),
    plain.map(({ id }) => id),
  )
  const poisoned = both.filter(({ config }) => config.setting === 'poisoning')
  t.is(poisoned.length, 2)
  for (const { config, needs, title, cost } of poisoned) {
    const evasion = both.find(({ id }) => id === config.craftedBy)!
    t.is(evasion.config.model, config.model)
    t.is(config.craftedOn, config.model)
    t.deepEqual(needs, [evasion.id, config.model])
    t.regex(title, /^dice edges 0\.1 poisoning citations gcn /)
    t.true(cost > evasion.cost)
  }
  t.deepEqual(
    expanded([{ ...dice, settings: ['poisoning'] }]).map(({ id }) => id),
    both.map(({ id }) => id),
  )
})

test('one attack may be run on fewer examples than the others, never on more', t => {
  const examples = (own?: number) =>
    expanded([
      { attack: { name: 'nettack' }, epsilons: [1], ...(own !== undefined && { examples: own }) },
    ]).map(({ config }) => config.examples)
  t.deepEqual(new Set(examples(7)), new Set([7]))
  t.deepEqual(new Set(examples(70)), new Set([50]))
  t.deepEqual(new Set(examples()), new Set([50]))
})

test('texts of another vocabulary are not transferred', t => {
  const [, texts] = groups
  const models = [texts!, { ...texts!, data: { name: 'topics', train: 50 } }]
  const plan = parse([{ attack: { name: 'hotflip' }, epsilons: [0.1] }], models).data!
  const fewer = { ...sets.topics, train: { ...sets.topics.train, count: 50 } }
  const configs = expandPlan(plan, [sets.topics, fewer], 'wasm').map(
    ({ config }) => config as unknown as AttackConfig,
  )
  t.is(configs.filter(({ craftedBy }) => craftedBy).length, 2 + 2)
})

test('poisoning with what is no attack on a graph is refused by name', t => {
  for (const name of ['pgd', 'hotflip'] as const) {
    const { error } = parse([{ attack: { name }, epsilons: [0.1], settings: ['poisoning'] }])
    const { path, message } = error!.issues[0]!
    t.is(path.join('.'), 'attacks.0.settings')
    t.is(message, 'poisoning is for attacks on graphs')
  }
})

test('an attack costs more the more it does', t => {
  const cost = (
    attack: NonNullable<PlanInput['attacks']>[number]['attack'],
    epsilon = 0.1,
  ): number => expanded([{ attack, epsilons: [epsilon] }])[0]!.cost
  t.true(cost({ name: 'hotflip', words: 1 }) < cost({ name: 'hotflip', words: 5 }, 0.9))
  t.true(cost({ name: 'embedding-fgsm' }) < cost({ name: 'embedding-pgd' }))
  t.true(cost({ name: 'random-masking' }, 0.2) < cost({ name: 'random-masking' }, 0.8))
  t.true(cost({ name: 'dice' }) < cost({ name: 'pgd-topology' }))
  t.true(cost({ name: 'nettack' }, 1) < cost({ name: 'nettack' }, 4))
  t.true(cost({ name: 'metattack' }, 0.01) < cost({ name: 'metattack' }, 0.1))
})
