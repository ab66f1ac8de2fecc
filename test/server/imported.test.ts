import test from 'ava'
import { runDetailSchema, runsSchema } from '../../server/schemas/runs.ts'
import { saveImport } from '../../src/store/imports.ts'
import { openStore } from '../../src/store/store.ts'
import { resultsFile } from './fixture.ts'
import { serve } from './serve.ts'

test('an imported black box is a run without a size and without a command to train it', async t => {
  const file = await resultsFile()
  const store = await openStore(file)
  const { dataset_id, environment_id } = await store
    .selectFrom('model')
    .select(['dataset_id', 'environment_id'])
    .limit(1)
    .executeTakeFirstOrThrow()
  const imported = {
    ...{ id: 'boxed', dataset_id, environment_id, architecture: 'box', sha256: null },
    ...{ architecture_config: '{"name":"box"}', config: '{}', parameters: null },
    clean_accuracy: 0.5,
  }
  await saveImport(store, imported)
  await saveImport(store, imported)
  await store.destroy()
  const served = await serve(file)
  t.teardown(() => served.stop())
  const { items } = await served.read(t, '/runs?architecture=box', runsSchema)
  t.deepEqual(
    items.map(({ id, arm, cleanAccuracy }) => ({ id, arm, cleanAccuracy })),
    [{ id: 'boxed', arm: 'imported', cleanAccuracy: 0.5 }],
  )
  const detail = await served.read(t, '/runs/boxed', runDetailSchema)
  t.is(detail.parameters, null)
  t.is(detail.reproduce, null)
})
