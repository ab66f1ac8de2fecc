import test, { type ExecutionContext } from 'ava'
import { glyphs } from '../../src/data/glyphs.ts'
import { expandPlan } from '../../src/plans/expand.ts'
import { identifierOf } from '../../src/plans/identifier.ts'
import { inferenceNoise } from '../../src/plans/inference.ts'
import type { AttackConfig, EnsembleConfig, TrainConfig } from '../../src/plans/job-config.ts'
import { type PlanInput, planSchema } from '../../src/plans/plan.ts'
import { estimatorSchema } from '../../src/training/estimators/create-estimator.ts'
import { trainingSchema } from '../../src/training/train.ts'
import { tinyPlan } from '../runner/command.ts'

const dataset = glyphs({ train: 300, test: 60, seed: 0 })

const expand = (change: Partial<PlanInput> = {}) => {
  const plan = planSchema.parse({ ...tinyPlan, probe: null, ...change })
  return expandPlan(
    plan,
    plan.models.map(() => dataset),
    'wasm',
  )
}

const attacksOf = (change: Partial<PlanInput>) =>
  expand(change)
    .filter(({ kind }) => kind === 'attack')
    .map(job => ({ ...job, config: job.config as AttackConfig }))

const [group] = tinyPlan.models
const spiking = [{ ...group!, architecture: { name: 'snn' as const, hidden: [12] } }]
const inference = { noise: 'training' as const }

test('plans without any of it have the identifiers that they had before', t => {
  const ids = expand({ probe: tinyPlan.probe ?? null }).map(({ id }) => id)
  // Of the version before there was noise at inference, surrogates and ensembles.
  t.is(identifierOf(ids.toSorted()), '71b8971ffb0d2b73554a')
})

test('models keep the noise that they were trained with; those without are left out', t => {
  const arms: PlanInput['models'][number]['arms'] = [
    { name: 'bp' },
    { name: 'bp-noise', sigma: 0.3 },
    { name: 'lr-logit', copies: 4, sigma: [0.1, 0.2], noise: { kind: 'laplace' } },
    { name: 'es' },
    { name: 'lr-logit', copies: 4, learnSigma: true },
  ]
  const noisy = attacksOf({
    models: [{ ...group!, arms }],
    attacks: [{ attack: { name: 'pgd' }, epsilons: [0.1, 0.2], inference }],
  }).filter(({ config }) => config.inference)
  t.deepEqual(
    noisy.map(({ title, config }) => [
      title.split(' glyphs')[0],
      ...[config.inference, config.eot, config.craftedBy],
    ]),
    [
      { noise: { kind: 'gaussian', sigma: 0.3 }, draws: 20 },
      { noise: { kind: 'laplace', sigma: [0.1, 0.2] }, draws: 20 },
    ].flatMap((kept, at) => {
      const noise = ['noise σ 0.3', 'noise laplace σ 0.1,0.2'][at]
      return [
        [`clean ${noise}`, kept, undefined, null],
        [`pgd linf 0.1 ${noise}`, kept, 20, null],
        [`pgd linf 0.2 ${noise}`, kept, 20, null],
      ]
    }),
  )
})

test('noise of any size is for every model, and costs as many passes as it draws', t => {
  const jobs = attacksOf({
    attacks: [
      { attack: { name: 'fgsm' }, epsilons: [0.1] },
      {
        attack: { name: 'fgsm' },
        epsilons: [0.1],
        inference: { noise: { sigma: 0.5 }, draws: 30, eot: 10 },
      },
    ],
    transfer: 'none',
  })
  const noisy = jobs.filter(({ config }) => config.inference)
  t.is(noisy.length, 3 * 2)
  t.is(jobs.length, 3 * 2 + 3 * 2)
  const cost = (noise: boolean) =>
    jobs.find(({ config }) => config.attack && Boolean(config.inference) === noise)!.cost
  t.true(cost(true) > 5 * cost(false))
})

test('attacks on means are those that are fit for them, where nothing else is asked for', t => {
  const attackOf = (attack: PlanInput['attacks']) =>
    planSchema.parse({ ...tinyPlan, attacks: attack })
  const one = (attack: object) =>
    attackOf([{ attack, epsilons: [0.1], inference }] as PlanInput['attacks']).attacks[0]!.attack
  t.like(one({ name: 'pgd' }), { iterate: 'last' })
  t.like(one({ name: 'bim' }), { iterate: 'last' })
  t.like(one({ name: 'pgd', iterate: 'best-so-far' }), { iterate: 'best-so-far' })
  t.like(one({ name: 'autoattack' }), { version: 'rand' })
  t.like(one({ name: 'autoattack', version: 'standard' }), { version: 'standard' })
  const plain = attackOf([{ attack: { name: 'pgd' }, epsilons: [0.1] }]).attacks[0]!
  t.like(plain.attack, { iterate: 'best-so-far' })
  t.false('inference' in plain)
})

test('what makes no sense is refused by name', t => {
  const issue = (entry: object) => {
    const { error } = planSchema.safeParse({ ...tinyPlan, attacks: [{ epsilons: [1], ...entry }] })
    const { path, message } = error!.issues[0]!
    return `${path.join('.')}: ${message}`
  }
  const fgsm = { name: 'fgsm' }
  t.regex(issue({ attack: { name: 'pgd', steps: 0 } }), /^attacks\.0\.attack\.steps: /)
  t.regex(issue({ attack: fgsm, inference: { noise: 'x' } }), /inference\.noise: 'training', or/)
  t.regex(issue({ attack: fgsm, inference: { ...inference, draws: 19 } }), /inference\.draws: /)
  t.regex(issue({ attack: fgsm, surrogates: ['heaviside'] }), /surrogates\.0: /)
  t.regex(issue({ attack: fgsm, surrogates: ['atan', 'atan'] }), /surrogates: name each once/)
  t.regex(
    issue({ attack: { name: 'apgd-ce', eotIterations: 5 }, inference }),
    /attack\.eotIterations: the means are over inference\.eot draws/,
  )
  t.regex(issue({ attack: { name: 'hotflip' }, inference }), /inference: for attacks on images/)
  const attacks = [{ attack: { name: 'fgsm' as const }, epsilons: [0.1], inference }]
  const arms = [{ name: 'bp' as const }]
  t.throws(() => expand({ models: [{ ...group!, arms }], attacks }), {
    message: /^invalid plan: attacks\.0\.inference\.noise: no model/,
  })
  const sigmas = { noise: { sigma: [0.1, 0.1, 0.1] } }
  t.throws(() => expand({ attacks: [{ ...attacks[0]!, inference: sigmas }] }), {
    message: 'invalid sigma: 3 values for 2 sites (dense1, dense2)',
  })
})

test('the noise of a schedule is what was left at the end of the training', t => {
  const config = (epochs: object, estimator: object) => ({
    estimator: estimatorSchema.parse({ name: 'bp-noise', sigma: 0.8, ...estimator }),
    training: trainingSchema.parse({ batch: 10, ...epochs }),
    data: { ...(expand()[0]!.config as TrainConfig).data, train: 100 },
  })
  const falling = { sigmaSchedule: { name: 'step', factor: 0.5, epochs: 2 } }
  const sigma = (epochs: object) =>
    inferenceNoise({ noise: 'training' }, config(epochs, falling))?.sigma
  t.is(sigma({ epochs: 4 }), 0.4)
  t.is(sigma({ epochs: 4.2 }), 0.2)
  t.is(sigma({ forwards: 100 }), undefined)
  t.is(inferenceNoise({ noise: 'training' }, config({ forwards: 9 }, {}))?.sigma, 0.8)
})

test('spiking models are attacked through all surrogates unless fewer are named', t => {
  const all = ['atan', 'fast-sigmoid', 'triangular']
  const asked = (surrogates?: 'atan'[]) =>
    attacksOf({
      models: [...spiking, group!],
      attacks: [
        { attack: { name: 'fgsm' }, epsilons: [0.1], ...(surrogates && { surrogates }) },
        { attack: { name: 'square' }, epsilons: [0.1] },
      ],
      transfer: 'none',
    }).filter(({ config }) => config.attack)
  const found = (surrogates?: 'atan'[]) =>
    asked(surrogates).map(({ title, config }) => [
      /snn|mlp/.exec(title)![0],
      config.attack!.name,
      config.surrogates,
    ])
  const expected = (surrogates: readonly string[]) =>
    ['snn', 'mlp'].flatMap(name =>
      tinyPlan.models[0]!.arms.flatMap(() => [
        [name, 'fgsm', name === 'snn' ? surrogates : undefined],
        [name, 'square', undefined],
      ]),
    )
  t.deepEqual(found(), expected(all))
  t.deepEqual(found(['atan']), expected(['atan']))
  const cost = (surrogates?: 'atan'[]) => asked(surrogates)[0]!.cost
  t.true(cost() > 1.5 * cost(['atan']))
})

const ensemblesOf = (t: ExecutionContext, change: Partial<PlanInput>) => {
  const jobs = expand({ attacks: [{ attack: { name: 'fgsm' }, epsilons: [0.1] }], ...change })
  const arm = new Map(
    jobs
      .filter(({ kind }) => kind === 'train')
      .map(({ id, config }) => {
        const { estimator, seed } = config as TrainConfig
        return [id, `${estimator.name} ${seed}`]
      }),
  )
  const ensembles = jobs.filter(({ kind }) => kind === 'ensemble')
  return ensembles.map(({ id, config, needs }) => {
    const { members } = config as EnsembleConfig
    const targets = jobs.filter(({ kind, config }) => {
      const { craftedOn, model } = config as AttackConfig
      return kind === 'attack' && craftedOn === id && model !== id
    })
    t.deepEqual(needs.toSorted(), members)
    return {
      members: members.map(member => arm.get(member)!).sort(),
      targets: targets.map(({ config }) => arm.get((config as AttackConfig).model)!).sort(),
    }
  })
}

test('an ensemble is of the other arms, with the seed of its target or with the others', t => {
  const seeds = [0, 1]
  const models = [{ ...group!, seeds }]
  t.deepEqual(ensemblesOf(t, { models }), [])
  const arms = ['bp', 'bp-noise', 'lr-logit']
  const expected = (otherSeed: boolean) =>
    seeds.flatMap(seed =>
      arms.map(target => ({
        members: arms
          .filter(arm => arm !== target)
          .map(arm => `${arm} ${otherSeed ? 1 - seed : seed}`),
        targets: [`${target} ${seed}`],
      })),
    )
  t.deepEqual(ensemblesOf(t, { models, ensembles: 'arms' }), expected(false))
  t.deepEqual(ensemblesOf(t, { models, ensembles: 'seeds' }), expected(true))
})

test('models of one arm and two architectures share their ensemble', t => {
  const models = [group!, { ...group!, architecture: { name: 'mlp' as const, hidden: [13] } }]
  const ensembles = ensemblesOf(t, { models, ensembles: 'arms' })
  t.is(ensembles.length, 3)
  for (const { members, targets } of ensembles) {
    t.is(members.length, 4)
    t.is(targets.length, 2)
    t.false(members.includes(targets[0]!))
  }
})

test('ensembles meet the gradient attacks on models as they are, and no others', t => {
  const jobs = expand({
    ensembles: 'arms',
    attacks: [
      { attack: { name: 'fgsm' }, epsilons: [0.1, 0.2] },
      { attack: { name: 'square' }, epsilons: [0.1] },
      { attack: { name: 'pgd' }, epsilons: [0.1], inference },
    ],
  })
  const ensembles = jobs.filter(({ kind }) => kind === 'ensemble').map(({ id }) => id)
  const from = jobs
    .map(({ config }) => config as AttackConfig)
    .filter(({ craftedOn }) => ensembles.includes(craftedOn))
  t.is(from.length, 3 * 2 * 2)
  t.true(from.every(({ attack, inference }) => attack!.name === 'fgsm' && !inference))
})
