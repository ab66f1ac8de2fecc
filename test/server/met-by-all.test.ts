import test from 'ava'
import { metByAll } from '../../server/robustness/met-by-all.ts'
import { robustnessSchema } from '../../server/schemas/robustness.ts'
import type { EvaluationRow } from '../../src/store/queries/evaluations.ts'
import { saveEvaluation } from '../../src/store/results.ts'
import { openStore } from '../../src/store/store.ts'
import { resultsFile } from './fixture.ts'
import { serve } from './serve.ts'

const row = (model_id: string, attack: string, change: Partial<EvaluationRow> = {}) =>
  ({
    id: `${model_id} ${attack}`,
    model_id,
    crafted_on: model_id,
    attack,
    attack_config: `{"name":"${attack}"}`,
    epsilon: 0.1,
    n: 10,
    ...change,
  }) as EvaluationRow

const onePair = new Map([
  ['a', 'first'],
  ['b', 'first'],
])
const twoPairs = new Map([...onePair, ['c', 'second'], ['d', 'second']])

test('white-box attacks that some models have not met in the same way are left out', t => {
  const rows = [
    ...['a', 'b'].map(model => row(model, 'pgd')),
    ...['a', 'b'].map(model => row(model, 'fgsm', { n: model === 'a' ? 10 : 20 })),
    row('a', 'autoattack'),
    row('b', 'pgd', { id: 'transfer', crafted_on: 'a' }),
    row('a', 'autoattack', { id: 'alone', epsilon: 0.3 }),
  ]
  const { common, leftOut } = metByAll(rows, onePair)
  t.deepEqual(
    common.map(({ id }) => id),
    ['a pgd', 'b pgd', 'transfer', 'alone'],
  )
  t.deepEqual(leftOut.map(({ id }) => id).sort(), ['a autoattack', 'a fgsm', 'b fgsm'])
})

test('a pair that has met fewer attacks than another, as in a plan that is running, is left out', t => {
  const rows = [
    ...['a', 'b', 'c', 'd'].map(model => row(model, 'fgsm')),
    ...['a', 'b', 'c'].map(model => row(model, 'autoattack')),
    row('c', 'fgsm', { id: 'transfer', crafted_on: 'a' }),
  ]
  const { common, leftOut, incomplete } = metByAll(rows, twoPairs)
  t.deepEqual(common.map(({ id }) => id).sort(), [
    'a autoattack',
    'a fgsm',
    'b autoattack',
    'b fgsm',
  ])
  t.deepEqual(leftOut, [])
  t.deepEqual(incomplete.map(({ id }) => id).sort(), [
    ...['c autoattack', 'c fgsm', 'd fgsm', 'transfer'],
  ])
})

test('transferred examples alone are no worst case', t => {
  const rows = [
    row('a', 'pgd'),
    row('b', 'pgd', { id: 'to b', crafted_on: 'a' }),
    row('a', 'pgd', { id: 'to a', crafted_on: 'c' }),
  ]
  const { common, incomplete } = metByAll(rows, onePair)
  t.deepEqual(common, [])
  t.is(incomplete.length, 3)
})

test('an attack on one twin alone changes no worst case, and a flag says so', async t => {
  const file = await resultsFile()
  const read = async () => {
    const served = await serve(file)
    const path = '/robustness?dataset=tiny&architecture=linear&norm=linf&attack=worst-case'
    const answer = await served.read(t, path, robustnessSchema)
    await served.stop()
    return answer
  }
  const before = await read()
  const store = await openStore(file)
  const [evaluation] = await store
    .selectFrom('evaluation')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .selectAll('evaluation')
    .where('architecture', '=', 'linear')
    .where('arm', '=', 'lr-logit')
    .where('attack', '=', 'fgsm')
    .whereRef('crafted_on', '=', 'model_id')
    .where('epsilon', '=', 0.1)
    .execute()
  const examples = await store
    .selectFrom('example')
    .selectAll()
    .where('evaluation_id', '=', evaluation!.id)
    .execute()
  const { robust_accuracy, robust_accuracy_low, robust_accuracy_high, ...columns } = evaluation!
  const attack_config = '{"name":"autoattack"}'
  await saveEvaluation(
    store,
    { ...columns, id: 'alone', attack: 'autoattack', attack_config, robust_correct: 0 },
    examples.map(({ evaluation_id, ...example }) => ({
      ...example,
      adversarial_prediction: example.label + 1,
      success: example.clean_prediction === example.label ? 1 : 0,
    })),
  )
  await store.destroy()
  const after = await read()
  t.deepEqual(after.curves, before.curves)
  t.deepEqual(after.differences, before.differences)
  t.deepEqual(
    after.flags.filter(({ kind }) => kind === 'not-met-by-all').map(flag => flag.attack),
    ['autoattack'],
  )
  t.false(before.flags.some(({ kind }) => kind === 'not-met-by-all'))
})
