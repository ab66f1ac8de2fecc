import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { nightlyCommand } from '../../src/commands/nightly.ts'
import { probeCommand } from '../../src/commands/probe.ts'
import type { PlanInput } from '../../src/plans/plan.ts'
import { gauntlet, planFile, refusal, temporaryFolder, tinyPlan } from './command.ts'

const oneLine = /^error: [^\n]+\n$/

const mistakes: readonly [string, readonly string[], RegExp][] = [
  ['an unknown profile', ['nightly', '--profile', 'huge'], /unknown profile: huge \(choose quick/],
  ['an unknown engine', ['nightly', '--engine', 'abacus'], /unknown engine: abacus/],
  ['a missing plan', ['nightly', '--plan', 'nowhere.yaml'], /missing plan: nowhere\.yaml/],
  ['two plans', ['nightly', '--profile', 'quick', '--plan', 'x'], /give --profile or --plan/],
  ['no workers', ['nightly', '--workers', '0'], /whole number from 1 to 256/],
  ['no plan to probe', ['probe', '--plan', 'nowhere.yaml'], /missing plan: nowhere\.yaml/],
  ['an unknown option', ['nightly', '--fast'], /unknown option '--fast'/],
  ['an unknown command', ['daily'], /unknown command 'daily'/],
  [
    'missing data',
    ['nightly', '--profile', 'mnist', '--data', '/nowhere'],
    /missing data file: mnist/,
  ],
  ['unknown data to fetch', ['data', 'fetch', 'imagenet'], /unknown data set: imagenet/],
  ['no results to query', ['query', 'select 1', '--results', '/nowhere'], /no results yet/],
  ['no results to reproduce', ['reproduce', 'a', '--results', '/nowhere'], /no results yet/],
]

for (const [name, args, message] of mistakes) {
  test(`${name}: one clear line and status 2`, async t => {
    const { status, stdout, stderr } = await gauntlet(...args)
    t.is(status, 2)
    t.is(stdout, '')
    t.regex(stderr, oneLine)
    t.regex(stderr, message)
  })
}

const badPlans: readonly [string, string, RegExp][] = [
  ['text that is not YAML', 'name: [', /invalid plan: \S+: /],
  ['no models', 'name: x\nmodels: []', /models: Too small/],
  ['an unknown key', JSON.stringify({ ...tinyPlan, colour: 'red' }), /colour/],
  [
    'an odd number of antithetic copies',
    JSON.stringify({
      ...tinyPlan,
      models: [{ ...tinyPlan.models[0], arms: [{ name: 'lr-logit', copies: 3 }] }],
    }),
    /models\[0\]\.arms\[0\]\.copies: antithetic pairs need an even number of copies/,
  ],
  [
    'a width that an architecture does not have',
    JSON.stringify({
      ...tinyPlan,
      models: [{ ...tinyPlan.models[0], architecture: { name: 'vgg8' }, vary: { width: [8] } }],
    }),
    /models\[0\]\.vary\.width: vgg8 has no width to vary/,
  ],
  [
    'a sweep over an odd number of antithetic copies',
    JSON.stringify({ ...tinyPlan, probe: { ...tinyPlan.probe, sweep: { copies: [2, 5] } } }),
    /probe\.sweep\.copies: antithetic pairs need an even number of copies/,
  ],
  [
    'more examples than there are',
    JSON.stringify({ ...tinyPlan, examples: 61 }),
    /examples is 61, but glyphs is used with 60 test examples/,
  ],
  [
    'texts where images are needed',
    JSON.stringify({ ...tinyPlan, models: [{ ...tinyPlan.models[0], data: { name: 'topics' } }] }),
    /invalid architecture: mlp takes images, the data set holds texts/,
  ],
  [
    'augmented texts',
    JSON.stringify({
      ...tinyPlan,
      models: [
        {
          ...tinyPlan.models[0],
          data: { name: 'topics' },
          architecture: { name: 'elman' },
          training: { epochs: 1, augmentation: { flip: true } },
        },
      ],
    }),
    /invalid augmentation: topics holds no images/,
  ],
]

test('a plan on another data set is that set, and must fit it', async t => {
  const folder = await temporaryFolder(t)
  const plan = await planFile(folder, { ...tinyPlan, attacks: [] })
  const on = (name: string) => gauntlet('nightly', '--plan', plan, '--dry-run', '--dataset', name)
  t.regex((await on('glyphs')).stdout, /train glyphs mlp/)
  const { status, stderr } = await on('topics')
  t.is(status, 2)
  t.regex(stderr, oneLine)
  t.regex(stderr, /mlp takes images, the data set holds texts/)
})

for (const [name, text, message] of badPlans) {
  test(`a plan with ${name}: one clear line`, async t => {
    const folder = await temporaryFolder(t)
    const file = join(folder, 'plan.yaml')
    await writeFile(file, text)
    const said = await refusal(nightlyCommand, '--plan', file, '--results', folder)
    t.regex(said, /^[^\n]+$/)
    t.regex(said, message)
  })
}

const unprobed: readonly [string, PlanInput, RegExp][] = [
  ['a plan without probes', { ...tinyPlan, probe: null }, /tiny\.json probes nothing/],
  [
    'a sweep over what no estimator has',
    { ...tinyPlan, probe: { ...tinyPlan.probe!, sweep: { sigma: [0.1, -1] } } },
    /probe\.sweep\.sigma: Too small: .* \(lr-logit\)/,
  ],
]

for (const [name, plan, message] of unprobed) {
  test(`gauntlet probe, ${name}: one clear line`, async t => {
    const folder = await temporaryFolder(t)
    const said = await refusal(probeCommand, '--plan', await planFile(folder, plan))
    t.regex(said, /^[^\n]+$/)
    t.regex(said, message)
  })
}

test('a results folder that cannot be written: one clear line and status 1', async t => {
  const folder = await temporaryFolder(t)
  const file = await planFile(folder, tinyPlan)
  const { status, stderr } = await gauntlet('nightly', '--plan', file, '--results', file)
  t.is(status, 1)
  t.regex(stderr, oneLine)
})

test('a dry run lists the jobs and writes nothing', async t => {
  const folder = await temporaryFolder(t)
  const file = await planFile(folder, tinyPlan)
  const results = join(folder, 'results')
  const args = ['nightly', '--plan', file, '--results', results, '--dry-run']
  const { status, stdout } = await gauntlet(...args)
  t.is(status, 0)
  t.regex(stdout, /train glyphs mlp lr-logit seed 0/)
  t.regex(stdout, /36 jobs, about/)
  t.regex((await gauntlet('query', 'select 1', '--results', results)).stderr, /no results yet/)
})
