import test from 'ava'
import { predicates } from '../../src/evaluation/checks/predicates.ts'
import type { PlanInput } from '../../src/plans/plan.ts'
import { carriedOut } from './carried-out.ts'
import { gauntlet, resultsOf, tinyPlan } from './command.ts'

const [group] = tinyPlan.models

/** Two matched models and a group of texts, which have no checks. */
const plan: PlanInput = {
  name: 'checked',
  models: [
    {
      ...group!,
      data: { name: 'glyphs' },
      training: { epochs: 2, batch: 100, learningRate: 0.01 },
      arms: [{ name: 'bp' }, { name: 'bp-noise' }],
    },
    {
      data: { name: 'topics', train: 100, test: 60 },
      architecture: { name: 'gru', embedding: 4, hidden: 4 },
      training: { epochs: 1, batch: 50 },
      arms: [{ name: 'bp' }],
    },
  ],
  attacks: [{ attack: { name: 'pgd', steps: 20, restarts: 1 }, epsilons: [0.05] }],
  examples: 30,
  transfer: 'none',
  checks: { epsilons: [0.05], examples: 30, settings: { queries: 100, singles: 5, examples: 10 } },
}

const nightly = carriedOut(plan)

test('a plan checks its models on images: every check is asked, and the verdict follows', async t => {
  const folder = await nightly(t)
  const store = await resultsOf(t, folder)
  const verdicts = await store.selectFrom('robustness_verdict').selectAll().execute()
  t.is(verdicts.length, 2)
  const evaluations = await store.selectFrom('evaluation').selectAll().execute()
  const ids = new Set(evaluations.map(({ id }) => id))
  for (const { id, model_id, n, norm, epsilon, verdict, reasons } of verdicts) {
    t.like({ n, norm, epsilon }, { n: 30, norm: 'linf', epsilon: 0.05 })
    t.true(JSON.parse(reasons).length > 0)
    const findings = await store
      .selectFrom('robustness_check')
      .where('verdict_id', '=', id)
      .selectAll()
      .execute()
    const asked = new Set(findings.map(({ name }) => name))
    t.deepEqual([...asked].sort(), predicates.map(({ name }) => name).sort())
    const failed = findings.filter(row => row.verdict === 'failed' && row.meaning === 'masking')
    t.is(verdict === 'masked', failed.length > 0)
    for (const row of findings) {
      for (const used of JSON.parse(row.evaluations)) t.true(ids.has(used), row.name)
    }
    const transfer = findings.find(({ name }) => name === 'white-vs-transfer')!
    const [used] = JSON.parse(transfer.evaluations)
    const crafted = evaluations.find(row => row.id === used)!
    t.is(crafted.model_id, model_id)
    t.not(crafted.crafted_on, model_id)
    const headline = findings.find(({ name }) => name === 'headline')!
    t.is(headline.verdict, 'passed')
  }
})

test('what only the checks need is kept apart, and what the plan asks for is not made twice', async t => {
  const folder = await nightly(t)
  const store = await resultsOf(t, folder)
  const pgd = await store
    .selectFrom('evaluation')
    .select(['purpose', 'attack_config'])
    .where('attack', '=', 'pgd')
    .where('epsilon', '=', 0.05)
    .whereRef('crafted_on', '=', 'model_id')
    .execute()
  const own = pgd.filter(({ purpose }) => purpose === 'comparison')
  t.is(own.length, 2)
  // The reference of the checks is the plan's own attack here.
  for (const { purpose, attack_config } of pgd) {
    t.is(purpose === 'comparison', attack_config === own[0]!.attack_config)
  }
  const worst = await store.selectFrom('v_worst_case').selectAll().execute()
  t.deepEqual(
    worst.map(({ epsilon, all_attacks }) => [epsilon, all_attacks]),
    [
      [0.05, 1],
      [0.05, 1],
    ],
  )
  const pairs = await store.selectFrom('v_matched_pairs').select('attack').execute()
  t.deepEqual(pairs.map(({ attack }) => attack).sort(), ['none', 'pgd'])
})

test('gauntlet check prints every finding and the verdict, and goes on where it stopped', async t => {
  const folder = await nightly(t)
  const store = await resultsOf(t, folder)
  const models = await store.selectFrom('model').select(['id', 'architecture']).execute()
  const on = (architecture: string) =>
    models.find(model => model.architecture === architecture)!.id.slice(0, 10)
  const check = (...more: readonly string[]) =>
    gauntlet('check', '--eps', '0.1', '--n', '20', '--results', folder, ...more)
  const { status, stdout, stderr } = await check('--model', on('mlp'))
  t.is(stderr, '')
  t.is(status, 0)
  t.regex(stdout, /no +check +part +found +value +limit/)
  for (const { name } of predicates) t.true(stdout.includes(` ${name} `), name)
  t.regex(
    stdout,
    /At linf 0\.1, on 20 examples, the robustness is (real|masked|undecided):\n {2}\S/,
  )
  t.regex((await check('--model', on('mlp'))).stdout, /Nothing to do: all \d+ jobs/)
  const text = await check('--model', on('gru'))
  t.is(text.status, 2)
  t.regex(text.stderr, /^error: invalid model: \w+ is no model on images\n$/)
  const many = await check('--model', on('mlp'), '--n', '99999')
  t.is(many.status, 2)
  t.regex(many.stderr, /^error: invalid option: --n 99999, glyphs has \d+ test examples\n$/)
})
