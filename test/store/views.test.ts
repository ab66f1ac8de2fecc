import test from 'ava'
import { sql } from 'kysely'
import { wilson } from '../../src/statistics/wilson.ts'
import { enqueue } from '../../src/store/jobs.ts'
import { saveEvaluation, startNightly } from '../../src/store/results.ts'
import type { Store } from '../../src/store/store.ts'
import { views } from '../../src/store/views.ts'
import { temporaryStore } from './fixtures/folder.ts'
import { newEvaluation, newExamples, writeHandMade } from './fixtures/hand-made.ts'

const near = (found: number | null, expected: number) =>
  found !== null && Math.abs(found - expected) < 1e-12

async function execute(store: Store, id: string, ...ids: readonly string[]): Promise<void> {
  const started_at = `2026-01-0${id}T00:00:00Z`
  await startNightly(store, { id, plan: 'quick', plan_config: '{}', started_at })
  const job = { kind: 'train', config: {}, cost: 1, needs: [] } as const
  await enqueue(
    store,
    id,
    ids.map(id => ({ ...job, id, title: id })),
  )
}

test('every view has the described columns in the described order', async t => {
  const { store } = await temporaryStore(t)
  for (const { name, columns } of views) {
    const { rows } = await sql<{ name: string }>`
      select name from pragma_table_info(${name}) order by cid`.execute(store)
    t.deepEqual(
      rows.map(row => row.name),
      Object.keys(columns),
      name,
    )
  }
})

test('v_runs counts the evaluations of each model', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const rows = await store.selectFrom('v_runs').selectAll().orderBy('arm').execute()
  t.deepEqual(
    rows.map(row => [row.model_id, row.evaluations]),
    [
      ['bp', 5],
      ['bp-noise', 2],
      ['lr-logit', 3],
    ],
  )
  t.like(rows[0], { dataset: 'glyphs', clean_accuracy: 0.75, engine: 'wasm', updates: 20 })
})

test('v_robust_accuracy tells white-box from transfer', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const row = (id: string) =>
    store
      .selectFrom('v_robust_accuracy')
      .selectAll()
      .where('evaluation_id', '=', id)
      .executeTakeFirst()
  const { low, high } = wilson(2, 5)
  t.like(await row('bp pgd'), {
    arm: 'bp',
    n: 5,
    clean_accuracy: 0.8,
    robust_accuracy: 0.4,
    robust_accuracy_low: low,
    robust_accuracy_high: high,
    transfer: 0,
    crafted_on_arm: 'bp',
  })
  t.like(await row('lr from noise'), {
    arm: 'lr-logit',
    n: 4,
    clean_accuracy: 1,
    robust_accuracy: 0.75,
    transfer: 1,
    crafted_on: 'bp-noise',
    crafted_on_arm: 'bp-noise',
    crafted_on_seed: 1,
  })
})

test('v_matched_pairs pairs equal attacks alone, on the examples that both have', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const rows = await store
    .selectFrom('v_matched_pairs')
    .select(['bp_evaluation_id', 'arm_evaluation_id', 'arm', 'source', 'crafted_on', 'n'])
    .select(['bp_accuracy', 'arm_accuracy', 'difference', 'only_bp', 'only_arm'])
    .orderBy('bp_evaluation_id')
    .execute()
  const arm = 'lr-logit'
  t.deepEqual(rows, [
    {
      ...{ bp_evaluation_id: 'bp clean', arm_evaluation_id: 'lr clean', arm },
      ...{ source: 'white-box', crafted_on: null, n: 5 },
      ...{ bp_accuracy: 0.8, arm_accuracy: 1, difference: 0.2, only_bp: 0, only_arm: 1 },
    },
    {
      ...{ bp_evaluation_id: 'bp from noise', arm_evaluation_id: 'lr from noise', arm },
      ...{ source: 'bp-noise', crafted_on: 'bp-noise', n: 4 },
      ...{ bp_accuracy: 0.75, arm_accuracy: 0.75, difference: 0, only_bp: 1, only_arm: 1 },
    },
    {
      ...{ bp_evaluation_id: 'bp pgd', arm_evaluation_id: 'lr pgd', arm },
      ...{ source: 'white-box', crafted_on: null, n: 5 },
      ...{ bp_accuracy: 0.4, arm_accuracy: 0.6, difference: 0.2, only_bp: 1, only_arm: 2 },
    },
  ])
})

test('v_worst_case counts the examples that survive every attack', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const rows = await store.selectFrom('v_worst_case').selectAll().orderBy('arm').execute()
  const counts = rows.map(row => [
    row.model_id,
    ...[row.white_box_attacks, row.white_box_survivors, row.white_box_n, row.white_box_accuracy],
    ...[row.all_attacks, row.all_survivors, row.all_n, row.all_accuracy],
  ])
  t.deepEqual(counts, [
    ['bp', 2, 1, 5, 0.2, 4, 0, 5, 0],
    ['bp-noise', 2, 3, 5, 0.6, 2, 3, 5, 0.6],
    ['lr-logit', 1, 3, 5, 0.6, 2, 2, 4, 0.5],
  ])
  t.true(near(rows[0]!.white_box_accuracy_low, wilson(1, 5).low))
  t.true(near(rows[0]!.white_box_accuracy_high, wilson(1, 5).high))
  t.is(rows[0]!.all_accuracy_low, 0)
  t.true(near(rows[0]!.all_accuracy_high, wilson(0, 5).high))
})

test('v_worst_case knows no white-box accuracy of a model attacked by transfer alone', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  await store.deleteFrom('evaluation').where('id', '=', 'lr pgd').execute()
  const row = await store
    .selectFrom('v_worst_case')
    .selectAll()
    .where('model_id', '=', 'lr-logit')
    .executeTakeFirstOrThrow()
  t.like(row, {
    white_box_attacks: 0,
    white_box_n: 0,
    white_box_survivors: 0,
    white_box_accuracy: null,
    white_box_accuracy_low: null,
    white_box_accuracy_high: null,
    all_accuracy: 0.75,
  })
})

test('what a model with noise at inference does stays apart from the plain model', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const tables = ['v_worst_case', 'v_matched_pairs', 'v_nightly_trend'] as const
  await execute(store, '1', 'bp', 'lr-logit', 'bp pgd', 'noisy bp', 'noisy lr')
  const plain = async (name: (typeof tables)[number]) => {
    const { rows } = await sql<Record<string, unknown>>`
      select * from ${sql.table(name)} order by 1, 2, 3, 4, 5, 6, 7`.execute(store)
    return rows.filter(row => (row.inference ?? null) === null)
  }
  const before = await Promise.all(tables.map(plain))
  const inference = '{"draws":20,"noise":{"kind":"gaussian","sigma":0.1}}'
  for (const [id, model_id] of [
    ['noisy bp', 'bp'],
    ['noisy lr', 'lr-logit'],
  ] as const) {
    await saveEvaluation(
      store,
      newEvaluation('11111', '00001', { id, model_id, inference }),
      newExamples('11111', '00001'),
    )
  }
  t.deepEqual(await Promise.all(tables.map(plain)), before)
  const noisy = (name: 'v_worst_case' | 'v_matched_pairs' | 'v_robust_accuracy') =>
    store.selectFrom(name).selectAll().where('inference', '=', inference).execute()
  const worst = await noisy('v_worst_case')
  t.is(worst.length, 2)
  for (const row of worst) t.like(row, { all_attacks: 1, white_box_survivors: 1, all_n: 5 })
  t.is((await noisy('v_robust_accuracy')).length, 2)
  const pairs = await noisy('v_matched_pairs')
  t.is(pairs.length, 1)
  t.like(pairs[0], { bp_evaluation_id: 'noisy bp', arm_evaluation_id: 'noisy lr', n: 5 })
})

test('v_attack_outcomes counts successful, failed and skipped, and what was changed', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const words = { attack: 'hotflip', norm: 'words', epsilon: 0.2 }
  const [clean, attacked] = ['11110', '10010']
  const texts = newExamples(clean, attacked).map((row, at) => ({
    ...{ ...row, linf: null, l2: null },
    ...{ words: 10, changed_words: [0, 1, 3, 2, 0][at]!, queries: [10, 20, 30, 40, 0][at]! },
  }))
  await saveEvaluation(
    store,
    newEvaluation(clean, attacked, { id: 'texts', model_id: 'bp', ...words }),
    texts,
  )
  const nodes = newExamples('1000', '1000').map(row => ({
    ...{ ...row, linf: null, l2: null, changed_edges: 7, changed_entries: 0 },
  }))
  await saveEvaluation(
    store,
    newEvaluation('1000', '1000', { id: 'nodes', model_id: 'bp', norm: 'edges', epsilon: 0.1 }),
    nodes,
  )
  const row = (id: string) =>
    store
      .selectFrom('v_attack_outcomes')
      .selectAll()
      .where('evaluation_id', '=', id)
      .executeTakeFirst()
  const { low, high } = wilson(2, 4)
  const found = await row('texts')
  t.like(found, {
    ...{ attack: 'hotflip', norm: 'words', epsilon: 0.2, setting: 'evasion', transfer: 0 },
    ...{ n: 5, successful: 2, failed: 2, skipped: 1, success_rate: 0.5 },
    ...{ changed_word_rate: 0.2, changed_edges_mean: null, queries_mean: 25 },
  })
  t.true(near(found!.success_rate_low, low) && near(found!.success_rate_high, high))
  t.like(await row('nodes'), {
    ...{ successful: 0, failed: 1, skipped: 3, success_rate: 0, success_rate_low: 0 },
    ...{ changed_word_rate: null, changed_edges_mean: 7, changed_entries_mean: 0 },
  })
  t.like(await row('bp pgd'), { successful: 2, failed: 2, skipped: 1, changed_word_rate: null })
  t.is(await row('bp clean'), undefined)
})

test('poisoning is in no worst case, and is paired with poisoning alone', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const worst = () => store.selectFrom('v_worst_case').selectAll().orderBy('arm').execute()
  const before = await worst()
  await execute(store, '1', 'bp', 'bp pgd', 'bp poisoned')
  const poisoned = { setting: 'poisoning' as const }
  const save = (model_id: string, id: string, attacked: string) =>
    saveEvaluation(
      store,
      newEvaluation('11110', attacked, { id, model_id, ...poisoned }),
      newExamples('11110', attacked),
    )
  await save('bp', 'bp poisoned', '00000')
  t.deepEqual(await worst(), before)
  const [trend] = await store.selectFrom('v_nightly_trend').selectAll().execute()
  t.like(trend, { white_box_attacks: 1, strongest_attack_accuracy: 0.4 })
  const pairs = () =>
    store
      .selectFrom('v_matched_pairs')
      .select(['arm', 'setting', 'bp_evaluation_id', 'arm_evaluation_id'])
      .where('setting', '=', 'poisoning')
      .execute()
  t.deepEqual(await pairs(), [], 'the other arm was attacked, not poisoned')
  await save('lr-logit', 'lr poisoned', '11000')
  const both = { bp_evaluation_id: 'bp poisoned', arm_evaluation_id: 'lr poisoned' }
  t.deepEqual(await pairs(), [{ arm: 'lr-logit', ...poisoned, ...both }])
  const accuracy = await store
    .selectFrom('v_robust_accuracy')
    .select('setting')
    .where('evaluation_id', '=', 'bp poisoned')
    .executeTakeFirst()
  t.is(accuracy!.setting, 'poisoning')
})

test('v_gradient_variance gives the probe with its model', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  t.deepEqual(await store.selectFrom('v_gradient_variance').selectAll().execute(), [
    {
      probe_id: 'probe',
      dataset: 'glyphs',
      architecture: 'lenet',
      depth: 4,
      width: 64,
      arm: 'lr-logit',
      seed: 1,
      site_index: 2,
      site: 'dense1',
      site_kind: 'dense',
      estimator: 'lr-logit',
      copies: 16,
      sigma: 0.1,
      noise: 'gaussian',
      sequence: 'sobol',
      antithetic: 1,
      baseline: 'clean',
      local_credit: 1,
      layer_wise: 1,
      repeats: 8,
      batch: 4,
      parameters: 10,
      reference_norm: 2,
      relative_variance: 3,
      cosine_mean: 0.25,
      cosine_sd: 0.125,
      cosine_of_mean: 0.5,
      bias_clean: 0.75,
      bias_clean_resolution: 0.0625,
      reference_copies: 256,
      smoothed_norm: 1.75,
      cosine_smoothed: 0.375,
      bias_smoothed: 0,
      bias_smoothed_resolution: 0.03125,
      milliseconds: 1.5,
      forwards: 16,
      variance_time: 4.5,
      engine: 'wasm',
      model_id: 'lr-logit',
    },
  ])
})

test('v_nightly_trend has the attacks that each execution asked for', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  await execute(store, '1', 'bp', 'lr-logit', 'bp pgd', 'bp fgsm', 'bp from lr')
  await execute(store, '2', 'bp', 'bp fgsm')
  const rows = await store
    .selectFrom('v_nightly_trend')
    .selectAll()
    .orderBy('started_at')
    .orderBy('arm')
    .execute()
  t.deepEqual(
    rows.map(row => [
      ...[row.nightly_id, row.arm, row.norm, row.epsilon, row.white_box_attacks],
      ...[row.pgd_accuracy, row.strongest_attack_accuracy],
      ...[row.worst_case_accuracy, row.worst_case_n],
    ]),
    [
      ['1', 'bp', 'linf', 0.1, 2, 0.4, 0.4, 0.2, 5],
      ['1', 'lr-logit', null, null, 0, null, null, null, null],
      ['2', 'bp', 'linf', 0.1, 1, null, 0.4, 0.2, 5],
    ],
  )
  t.like(rows[0], { plan: 'quick', dataset: 'glyphs', clean_accuracy: 0.75, state: 'running' })
})
