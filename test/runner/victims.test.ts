import test from 'ava'
import { attackCommand } from '../../src/commands/attack.ts'
import type { PlanInput } from '../../src/plans/plan.ts'
import type { Store } from '../../src/store/store.ts'
import { carriedOut } from './carried-out.ts'
import { gauntlet, planFile, refusal, resultsOf, temporaryFolder, tinyPlan } from './command.ts'

const [group] = tinyPlan.models

/** Seconds of work: noise at inference, spikes and an ensemble of what was trained. */
const plan: PlanInput = {
  name: 'victims',
  models: [
    { ...group!, training: { ...group!.training, epochs: 20 } },
    {
      ...group!,
      architecture: { name: 'snn', hidden: [16], steps: 3 },
      training: { ...group!.training, epochs: 20 },
      arms: [{ name: 'bp' }, { name: 'bp-heaviside' }],
    },
  ],
  attacks: [
    { attack: { name: 'pgd', steps: 3, restarts: 1 }, epsilons: [0.05] },
    {
      attack: { name: 'pgd', steps: 3, restarts: 1 },
      epsilons: [0.05],
      inference: { noise: 'training', eot: 3 },
    },
  ],
  examples: 40,
  transfer: 'same-seed',
  ensembles: 'arms',
}

/** A results folder with the models of the plan. */
const trained = carriedOut({ ...plan, attacks: [], ensembles: 'none', examples: 0 })

const evaluationsOf = (store: Store) =>
  store
    .selectFrom('evaluation')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .innerJoin('model as source', 'source.id', 'evaluation.crafted_on')
    .selectAll('evaluation')
    .select(['model.arm', 'model.architecture', 'source.arm as source_arm'])
    .execute()

const examplesOf = (store: Store) =>
  store.selectFrom('example').selectAll().orderBy('evaluation_id').orderBy('example').execute()

test('a plan with noise at inference, spikes and ensembles, from its file to its rows', async t => {
  const [folder, again] = [await trained(t), await temporaryFolder(t)]
  const file = await planFile(folder, plan)
  const { status, stdout, stderr } = await gauntlet('nightly', '--plan', file, '--results', folder)
  t.is(stderr, '')
  t.is(status, 0)
  t.notRegex(stdout, /ensemble +\d/)
  const store = await resultsOf(t, folder)
  const evaluations = await evaluationsOf(store)
  const examples = await examplesOf(store)

  const noisy = evaluations.filter(({ inference }) => inference !== null)
  t.deepEqual(noisy.map(({ arm, attack }) => `${arm} ${attack}`).sort(), [
    ...['bp-noise none', 'bp-noise pgd', 'lr-logit none', 'lr-logit pgd'],
  ])
  for (const row of noisy) {
    t.is(row.inference, '{"draws":20,"noise":{"kind":"gaussian","sigma":0.1}}')
    if (row.attack === 'none') t.is(row.clean_correct, row.robust_correct)
    else {
      t.like(JSON.parse(row.attack_config), { eot: 3, iterate: 'last' })
      t.true(row.robust_correct < row.clean_correct)
      // Three draws of each call: a gradient a step, and the last point.
      t.is(row.queries_mean % 3, 0)
    }
  }

  const spiking = evaluations.filter(
    ({ architecture, attack, model_id, crafted_on }) =>
      architecture === 'snn' && attack === 'pgd' && model_id === crafted_on,
  )
  t.is(spiking.length, 2)
  const surrogates = ['atan', 'fast-sigmoid', 'triangular']
  for (const { id, attack_config, clean_correct, robust_correct } of spiking) {
    t.deepEqual(JSON.parse(attack_config).surrogates, surrogates)
    t.true(robust_correct < clean_correct)
    const own = examples.filter(row => row.evaluation_id === id)
    for (const { success, component } of own) {
      t.is(component === null, success === 0)
      t.true(component === null || surrogates.includes(component))
    }
  }

  const models = await store.selectFrom('model').selectAll().execute()
  const ensembles = models.filter(({ arm }) => arm === 'ensemble')
  // Without bp; without bp-noise; without lr-logit; without bp-heaviside.
  t.is(ensembles.length, 4)
  for (const { id, architecture_config, parameters, clean_accuracy, seed } of ensembles) {
    const { members, fusion } = JSON.parse(architecture_config)
    t.is(fusion, 'logits')
    const own = models.filter(row => members.includes(row.id))
    t.is(own.length, members.length)
    t.is(
      parameters,
      own.reduce((sum, row) => sum + row.parameters!, 0),
    )
    t.is(seed, 0)
    t.true(clean_accuracy! > 0.2)
    const from = evaluations.filter(({ crafted_on }) => crafted_on === id)
    t.true(from.some(({ model_id }) => model_id === id))
    const targets = from.filter(({ model_id }) => model_id !== id)
    t.true(targets.length > 0)
    for (const { model_id, attack } of targets) {
      t.false(members.includes(model_id))
      t.is(attack, 'pgd')
    }
  }
  const transferred = evaluations.filter(
    ({ source_arm, arm }) => source_arm === 'ensemble' && arm !== 'ensemble',
  )
  t.true(transferred.some(({ robust_correct, clean_correct }) => robust_correct < clean_correct))
  const ids = ensembles.map(({ id }) => id)
  const pairs = await store.selectFrom('v_matched_pairs').selectAll().execute()
  t.true(pairs.length > 0)
  t.false(pairs.some(pair => ids.includes(pair.bp_model_id) || ids.includes(pair.arm_model_id)))
  const trend = await store.selectFrom('v_nightly_trend').select('arm').distinct().execute()
  t.deepEqual(trend.map(({ arm }) => arm).sort(), ['bp', 'bp-heaviside', 'bp-noise', 'lr-logit'])

  const one = ['nightly', '--plan', file, '--results', again, '--workers', '1']
  t.is((await gauntlet(...one)).status, 0)
  t.deepEqual(await examplesOf(await resultsOf(t, again)), examples)

  for (const words of [
    ['reproduce', ids[0]!],
    ['export-model', ids[0]!, `${folder}/x.npz`],
  ]) {
    const { status, stderr } = await gauntlet(...words, '--results', folder)
    t.is(status, 2)
    t.regex(stderr, /^error: invalid run: \w+ is an ensemble[^\n]*\n$/)
  }
  const attack = await gauntlet(
    ...['attack', '--model', ids[0]!, '--attack', 'fgsm', '--eps', '0.1', '--n', '20'],
    ...['--results', folder],
  )
  t.is(attack.status, 0)
  t.regex(attack.stdout, /^fgsm +linf 0\.1 /m)
})

test('one model is attacked with noise from the command line, and through named surrogates', async t => {
  const folder = await trained(t)
  const store = await resultsOf(t, folder)
  const models = await store.selectFrom('model').select(['id', 'arm', 'architecture']).execute()
  const idOf = (arm: string, architecture = 'mlp') =>
    models.find(model => model.arm === arm && model.architecture === architecture)!.id
  const at = ['--eps', '0.05', '--n', '20', '--results', folder]
  const attack = (id: string, ...words: readonly string[]) =>
    gauntlet('attack', '--model', id, ...at, ...words)
  const noisy = ['--attack', 'autoattack', '--inference-noise', 'training', '--draws', '25']
  const first = await attack(idOf('bp-noise'), ...noisy)
  t.is(first.stderr, '')
  t.is(first.status, 0)
  t.regex(first.stdout, /^ {2}apgd-ce +linf 0\.05 /m)
  t.regex(first.stdout, /^ {2}apgd-dlr +linf 0\.05 /m)
  t.regex(first.stdout, /All with noise σ 0\.1 at inference: the mean of 25 draws decides\./)
  t.regex((await attack(idOf('bp-noise'), ...noisy)).stdout, /Nothing to do: all 2 jobs/)
  const given = await attack(idOf('bp'), '--attack', 'fgsm', '--inference-noise', '0.3')
  t.regex(given.stdout, /noise σ 0\.3 at inference: the mean of 20 draws/)

  const words = ['--attack', 'fgsm', '--surrogates', 'atan', 'triangular']
  const spiking = await attack(idOf('bp', 'snn'), ...words)
  t.is(spiking.stderr, '')
  t.regex(spiking.stdout, /^ {2}atan +linf 0\.05 .*\n {2}triangular +linf 0\.05 .*\nfgsm +linf/m)
  const evaluations = await evaluationsOf(store)
  t.deepEqual(
    evaluations.map(({ attack, inference }) => `${attack} ${inference !== null}`).sort(),
    ['autoattack true', 'fgsm false', 'fgsm true', 'none false', 'none true', 'none true'],
  )
  const mistakes: readonly [readonly string[], RegExp][] = [
    [['--attack', 'pgd', '--inference-noise', 'training'], /\(bp\) was trained without noise/],
    [['--attack', 'pgd', '--inference-noise', '0'], /must be "training" or a number above 0/],
    [['--attack', 'pgd', '--inference-noise', '1', '--draws', '19'], /from 20 to 10000/],
    [['--attack', 'pgd', '--draws', '30'], /--draws needs --inference-noise/],
    [
      ['--attack', '{"name":"apgd-ce","eotIterations":9}', '--inference-noise', '1'],
      /invalid attack: apgd-ce: the noise has means of its own/,
    ],
    [['--attack', 'pgd', '--surrogates', 'heaviside'], /Allowed choices are atan/],
  ]
  for (const [words, message] of mistakes) {
    const said = await refusal(attackCommand, '--model', idOf('bp'), ...at, ...words)
    t.regex(said, message)
    t.notRegex(said, /\n/)
  }
})
