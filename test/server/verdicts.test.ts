import test from 'ava'
import { robustnessSchema } from '../../server/schemas/robustness.ts'
import { runDetailSchema } from '../../server/schemas/runs.ts'
import { type NewFinding, type NewVerdict, saveVerdict } from '../../src/store/results.ts'
import { openStore } from '../../src/store/store.ts'
import { resultsFile } from './fixture.ts'
import { serve } from './serve.ts'

test('verdicts stand on the page of the run and beside the curves, the latest of each radius', async t => {
  const file = await resultsFile()
  const store = await openStore(file)
  const model = await store
    .selectFrom('model')
    .select(['id', 'environment_id'])
    .where('architecture', '=', 'lenet')
    .where('arm', '=', 'lr-logit')
    .where('seed', '=', 0)
    .executeTakeFirstOrThrow()
  const verdict: NewVerdict = {
    ...{ id: 'old', model_id: model.id, norm: 'linf', epsilon: 0.1, n: 50, seed: 0, seconds: 1 },
    ...{ settings_config: '{}', verdict: 'real', reasons: '["33 checks passed."]' },
    ...{ environment_id: model.environment_id, created_at: '2026-01-01T00:00:00Z' },
  }
  const finding: NewFinding = {
    ...{ number: 11, name: 'zero-gradients', part: 'ce', meaning: 'masking', verdict: 'failed' },
    ...{ value: 0.5, threshold: 0, detail: 'Half of them.', evaluations: '["a"]' },
  }
  await saveVerdict(store, verdict, [])
  const newer: NewVerdict = {
    ...verdict,
    ...{ id: 'new', created_at: '2026-02-01T00:00:00Z' },
    ...{ verdict: 'masked', reasons: '["zero-gradients: half."]' },
  }
  await saveVerdict(store, newer, [finding])
  await saveVerdict(store, { ...verdict, id: 'l2', norm: 'l2' }, [])
  await store.destroy()
  const served = await serve(file)
  t.teardown(() => served.stop())
  const { verdicts } = await served.read(t, `/runs/${model.id}`, runDetailSchema)
  t.deepEqual(
    verdicts.map(({ id, verdict }) => [id, verdict]),
    [
      ['new', 'masked'],
      ['l2', 'real'],
      ['old', 'real'],
    ],
  )
  t.deepEqual(verdicts[0]!.findings, [{ ...finding, evaluations: ['a'] }])
  const query = '/robustness?dataset=glyphs&architecture=lenet&norm=linf'
  const shown = await served.read(t, query, robustnessSchema)
  t.deepEqual(shown.verdicts, [
    { model: model.id, epsilon: 0.1, verdict: 'masked', n: 50, reasons: ['zero-gradients: half.'] },
  ])
})
