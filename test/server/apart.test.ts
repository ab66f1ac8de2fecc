import test from 'ava'
import { robustnessSchema } from '../../server/schemas/robustness.ts'
import { runDetailSchema, runsSchema } from '../../server/schemas/runs.ts'
import { summarySchema } from '../../server/schemas/summary.ts'
import { saveEvaluation, saveModel } from '../../src/store/results.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { idOf, resultsFile } from './fixture.ts'
import { serve } from './serve.ts'

const inference = '{"draws":20,"noise":{"kind":"gaussian","sigma":0.1}}'

/** A copy of every white-box evaluation of one architecture that left nothing of its accuracy. */
async function addNoisy(store: Store, architecture: string): Promise<number> {
  const evaluations = await store
    .selectFrom('evaluation')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .selectAll('evaluation')
    .where('architecture', '=', architecture)
    .whereRef('crafted_on', '=', 'model_id')
    .execute()
  for (const evaluation of evaluations) {
    const { robust_accuracy, robust_accuracy_low, robust_accuracy_high, ...columns } = evaluation
    const id = `noisy ${columns.id}`
    await saveEvaluation(store, { ...columns, id, inference, robust_correct: 0 }, [])
  }
  return evaluations.length
}

async function addEnsemble(store: Store): Promise<void> {
  const member = idOf({ arm: 'bp', seed: 0, architecture: 'mlp' })
  const row = await store
    .selectFrom('model')
    .selectAll()
    .where('id', '=', member)
    .executeTakeFirstOrThrow()
  const ensemble = {
    ...row,
    ...{ id: 'together', architecture: 'ensemble', arm: 'ensemble', pair_id: 'together' },
    ...{ updates: 0, forwards: 0, checkpoint_sha256: null, weights_sha256: null },
    architecture_config: JSON.stringify({ name: 'ensemble', members: [member] }),
  }
  await saveModel(store, ensemble, [])
}

test('noise at inference and ensembles leave the comparison of plain models as it is', async t => {
  const file = await resultsFile()
  const read = async () => {
    const served = await serve(file)
    const path = '/robustness?dataset=glyphs&architecture=mlp&norm=linf'
    const answers = {
      robustness: await served.read(t, path, robustnessSchema),
      summary: await served.read(t, '/summary', summarySchema),
    }
    await served.stop()
    return answers
  }
  const before = await read()
  const store = await openStore(file)
  t.true((await addNoisy(store, 'mlp')) > 0)
  await addEnsemble(store)
  await store.destroy()
  const after = await read()
  t.deepEqual(after.robustness, before.robustness)
  const { counts, ...choices } = after.summary
  const { counts: countsBefore, ...choicesBefore } = before.summary
  t.deepEqual(choices, choicesBefore)
  t.true(counts.evaluations > countsBefore.evaluations)
})

test('a run shows the noise of its evaluations; an ensemble is a run without training', async t => {
  const file = await resultsFile()
  const store = await openStore(file)
  await addNoisy(store, 'mlp')
  await addEnsemble(store)
  await store.destroy()
  const served = await serve(file)
  t.teardown(() => served.stop())
  const id = idOf({ arm: 'bp', seed: 0, architecture: 'mlp' })
  const { evaluations } = await served.read(t, `/runs/${id}`, runDetailSchema)
  const noisy = evaluations.filter(row => row.inference !== null)
  t.true(noisy.length > 0 && noisy.length < evaluations.length)
  t.deepEqual(noisy[0]!.inference, JSON.parse(inference))
  const { items } = await served.read(t, '/runs?architecture=ensemble', runsSchema)
  t.deepEqual(
    items.map(run => run.id),
    ['together'],
  )
  t.is((await served.read(t, '/runs/together', runDetailSchema)).reproduce, null)
})
