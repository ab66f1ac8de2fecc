import { join } from 'node:path'
import test from 'ava'
import type { PlanInput } from '../../src/plans/plan.ts'
import { gauntlet, planFile, resultsOf, temporaryFolder, tinyPlan } from './command.ts'

/** Two depths of a small network, two estimators, two σ: four models' worth of seconds. */
const sweepPlan: PlanInput = {
  ...tinyPlan,
  name: 'sweep',
  models: [
    {
      ...tinyPlan.models[0]!,
      architecture: { name: 'mlp' },
      vary: { depth: [1, 2], width: [6] },
      arms: [{ name: 'bp' }],
    },
  ],
  probe: {
    estimators: [{ name: 'lr-logit' }, { name: 'lr-weight', noise: { sequence: 'sobol' } }],
    sweep: { copies: [2, 4], sigma: [0.1] },
    batch: 10,
    repeats: 6,
    reference: { copies: 64 },
  },
}

test('a sweep is trained and probed, not attacked, and ends with its table', async t => {
  const folder = await temporaryFolder(t)
  const args = ['probe', '--plan', await planFile(folder, sweepPlan), '--results', folder]
  const { status, stdout, stderr } = await gauntlet(...args)
  t.is(stderr, '')
  t.is(status, 0)
  t.regex(stdout, /Gauntlet probe: plan sweep, engine wasm/)
  t.regex(stdout, /done: train glyphs mlp hidden 2×6 bp seed 0/)
  t.regex(stdout, /10 of 10 jobs done/)
  const row = / mlp bp +(lr-\w+) +(\d) +(\d) +(\d) +0\.1 +\S+ +-?\d\.\d{3} /g
  const rows = [...stdout.matchAll(row)].map(([, ...cells]) => cells.join(' '))
  const each = ['lr-logit', 'lr-weight'].flatMap(name => [2, 4].map(copies => [name, copies]))
  t.deepEqual(
    rows,
    [2, 3].flatMap(depth => each.map(([name, copies]) => `${name} ${depth} 6 ${copies}`)),
  )
  t.regex(stdout, /To see the results, type:\n {2}npx gauntlet serve --results /)
  t.regex((await gauntlet(...args)).stdout, /Nothing to do: all 10 jobs of sweep are done already/)

  const store = await resultsOf(t, folder)
  t.deepEqual(await store.selectFrom('evaluation').selectAll().execute(), [])
  const probes = await store.selectFrom('v_gradient_variance').selectAll().execute()
  t.is(probes.length, 4 * (2 + 3))
  for (const probe of probes) {
    t.true(probe.depth === 2 || probe.depth === 3)
    t.like(probe, { width: 6, engine: 'wasm', antithetic: 1, baseline: 'clean' })
    t.is(probe.sequence, probe.estimator === 'lr-weight' ? 'sobol' : 'random')
    t.is(probe.forwards, probe.copies)
    t.is(probe.reference_copies, 64)
    t.true(probe.smoothed_norm! > 0 && probe.bias_smoothed_resolution! > 0)
    t.is(probe.variance_time, probe.relative_variance! * probe.milliseconds)
  }
  // One reference serves all copies: the norm is the same to the last digit.
  const norms = probes
    .filter(probe => probe.estimator === 'lr-logit' && probe.depth === 2 && probe.site_index === 0)
    .map(probe => probe.smoothed_norm)
  t.is(norms.length, 2)
  t.is(norms[0], norms[1])
})

test('a profile is named as a plan, and a dry run lists its jobs and writes nothing', async t => {
  const results = join(await temporaryFolder(t), 'results')
  const args = ['probe', '--plan', 'probe-depth-width', '--dry-run', '--results', results]
  const { status, stdout } = await gauntlet(...args)
  t.is(status, 0)
  t.regex(stdout, /train glyphs mlp hidden 8×256 bp seed 2/)
  t.regex(stdout, /probe lr-weight K 16 σ 0\.01 glyphs resnet depth 20 bp seed 0/)
  t.notRegex(stdout, /pgd|clean/)
  t.regex(stdout, /189 jobs, about/)
  t.regex((await gauntlet('query', 'select 1', '--results', results)).stderr, /no results yet/)
})
