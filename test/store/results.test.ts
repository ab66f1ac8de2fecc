import test from 'ava'
import { saveEvaluation, saveModel, saveProbe } from '../../src/store/results.ts'
import { temporaryStore } from './fixtures/folder.ts'
import { newEvaluation, newExamples, newModel, writeHandMade } from './fixtures/hand-made.ts'

const point = (updates: number, train_loss: number | null) => ({
  updates,
  epoch: updates / 10,
  forwards: 2 * updates,
  seconds: 1,
  train_loss,
  learning_rate: 0.1,
})

test('an evaluation gets its accuracy and the Wilson interval of 2 out of 5', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const row = await store
    .selectFrom('evaluation')
    .selectAll()
    .where('id', '=', 'bp pgd')
    .executeTakeFirstOrThrow()
  t.is(row.robust_accuracy, 0.4)
  // The bounds are the p with (2/5 − p)² = z² p (1 − p) / 5.
  for (const bound of [row.robust_accuracy_low, row.robust_accuracy_high]) {
    const square = 1.959963984540054 ** 2
    t.true(Math.abs((0.4 - bound) ** 2 - (square * bound * (1 - bound)) / 5) < 1e-12)
  }
  t.true(row.robust_accuracy_low < 0.4 && row.robust_accuracy_high > 0.4)
})

test('saving again replaces, without duplicates and without losing evaluations', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  await writeHandMade(store)
  const counts = async () => {
    const [models, evaluations, examples, probes] = await Promise.all([
      store.selectFrom('model').select('id').execute(),
      store.selectFrom('evaluation').select('id').execute(),
      store.selectFrom('example').select('example').execute(),
      store.selectFrom('gradient_probe').select('site').execute(),
    ])
    return [models.length, evaluations.length, examples.length, probes.length]
  }
  t.deepEqual(await counts(), [3, 10, 49, 1])
  const curve = async () =>
    (await store.selectFrom('learning_curve').selectAll().execute()).map(row => row.updates)
  await saveModel(store, newModel('bp'), [point(10, 2), point(20, 1), point(30, null)])
  t.deepEqual(await curve(), [10, 20, 30])
  await saveModel(store, { ...newModel('bp'), updates: 5 }, [point(5, 2)])
  t.deepEqual(await curve(), [5])
  t.deepEqual(await counts(), [3, 10, 49, 1])
})

test('an evaluation that contradicts its examples is refused and nothing is written', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const wrong = newEvaluation('1111', '1000', { id: 'wrong', model_id: 'bp', robust_correct: 2 })
  await t.throwsAsync(saveEvaluation(store, wrong, newExamples('1111', '1000')), {
    message: /^invalid evaluation: wrong says .* = 4, 4, 2; its examples give 4, 4, 1$/u,
  })
  const right = newEvaluation('11', '10', { id: 'right', model_id: 'bp' })
  const boasting = newExamples('11', '10').map(example => ({ ...example, success: 1 }))
  await t.throwsAsync(saveEvaluation(store, right, boasting), { message: /CHECK/u })
  const found = store.selectFrom('evaluation').selectAll().where('id', 'in', ['wrong', 'right'])
  t.deepEqual(await found.execute(), [])
})

test('ten thousand examples are stored, and go with their evaluation', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  const [clean, attacked] = ['1'.repeat(10_000), '10'.repeat(5_000)]
  const large = newEvaluation(clean, attacked, { id: 'large', model_id: 'bp' })
  await saveEvaluation(store, large, newExamples(clean, attacked))
  const count = async () => {
    const rows = await store
      .selectFrom('example')
      .select('success')
      .where('evaluation_id', '=', 'large')
      .execute()
    return [rows.length, rows.reduce((sum, row) => sum + row.success, 0)]
  }
  t.deepEqual(await count(), [10_000, 5_000])
  await store.deleteFrom('model').where('id', '=', 'bp').execute()
  t.deepEqual(await count(), [0, 0])
})

test('NaN and results without their model are refused', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  await t.throwsAsync(saveModel(store, newModel('bp'), [point(10, Number.NaN)]), {
    message: /^invalid database value: NaN/u,
  })
  const orphan = newEvaluation('1', '1', { id: 'orphan', model_id: 'nobody' })
  await t.throwsAsync(saveEvaluation(store, orphan, newExamples('1', '1')), {
    message: /FOREIGN KEY/u,
  })
  await t.notThrowsAsync(saveProbe(store, []))
})
