import test from 'ava'
import { wilson } from '../../src/statistics/wilson.ts'
import { saveCertification, saveCorruptions } from '../../src/store/results.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryStore } from './fixtures/folder.ts'
import { writeHandMade } from './fixtures/hand-made.ts'

const made = { seed: 7, environment_id: 'here', created_at: '2026-01-02T03:04:05Z' }

/** One job's cells as `kind severity correct`, each of 10 images of which 8 are right clean. */
function corruptions(store: Store, id: string, model_id: string, cells: readonly string[]) {
  return saveCorruptions(
    store,
    cells.map(cell => {
      const [corruption = '', severity, correct] = cell.split(' ')
      return {
        ...{ ...made, id, model_id, corruption, n: 10, clean_correct: 8 },
        ...{ severity: Number(severity), correct: Number(correct) },
      }
    }),
  )
}

/** One certification; an example as `label prediction radius`, `-` where it abstains. */
function certification(store: Store, id: string, model_id: string, examples: readonly string[]) {
  const options = { sigma: 0.5, selection: 10, estimation: 100, alpha: 0.01, seconds: 2 }
  return saveCertification(
    store,
    { ...made, ...options, id, model_id, n: examples.length },
    examples.map((text, example) => {
      const [label, prediction, radius] = text.split(' ')
      return {
        ...{ example, label: Number(label), radius: Number(radius), lower: 0.5 },
        prediction: prediction === '-' ? null : Number(prediction),
      }
    }),
  )
}

test('v_corruption_accuracy names the model, v_corruption_summary averages one job', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  await corruptions(store, 'first', 'bp', ['fog 1 8', 'fog 5 3', 'snow 1 7', 'snow 5 0'])
  await corruptions(store, 'second', 'bp', ['fog 3 6'])
  await corruptions(store, 'third', 'lr-logit', ['fog 1 10', 'snow 1 10'])
  const cells = await store.selectFrom('v_corruption_accuracy').selectAll().execute()
  t.is(cells.length, 7)
  const { low, high } = wilson(3, 10)
  t.like(
    cells.find(row => row.job_id === 'first' && row.corruption === 'fog' && row.severity === 5),
    {
      ...{ dataset: 'glyphs', architecture: 'lenet', arm: 'bp', seed: 1, corruption_seed: 7 },
      ...{ n: 10, clean_accuracy: 0.8, accuracy: 0.3, accuracy_low: low, accuracy_high: high },
      ...{ model_id: 'bp', pair_id: 'pair' },
    },
  )
  const summary = await store
    .selectFrom('v_corruption_summary')
    .select(['job_id', 'arm', 'corruptions', 'severities', 'mildest', 'strongest'])
    .select(['n', 'clean_accuracy', 'mean_accuracy'])
    .orderBy('job_id')
    .execute()
  t.deepEqual(
    summary.map(row => ({ ...row, mean_accuracy: Number(row.mean_accuracy.toFixed(12)) })),
    [
      {
        ...{ job_id: 'first', arm: 'bp', corruptions: 2, severities: 2, mildest: 1, strongest: 5 },
        ...{ n: 10, clean_accuracy: 0.8, mean_accuracy: 0.45 },
      },
      {
        ...{ job_id: 'second', arm: 'bp', corruptions: 1, severities: 1, mildest: 3, strongest: 3 },
        ...{ n: 10, clean_accuracy: 0.8, mean_accuracy: 0.6 },
      },
      {
        ...{ job_id: 'third', arm: 'lr-logit', corruptions: 2, severities: 1, mildest: 1 },
        ...{ strongest: 1, n: 10, clean_accuracy: 0.8, mean_accuracy: 1 },
      },
    ],
  )
})

test('v_certified_accuracy counts who is right within each radius, and who abstains', async t => {
  const { store } = await temporaryStore(t)
  await writeHandMade(store)
  // Right within 0.25 exactly, right within 0.6, wrong within 0.9, no answer, right within 0.
  const examples = ['1 1 0.25', '2 2 0.6', '3 1 0.9', '4 - 0', '5 5 0']
  await certification(store, 'some', 'bp', examples)
  await certification(store, 'none', 'lr-logit', ['1 - 0', '2 - 0'])
  const rows = await store
    .selectFrom('v_certified_accuracy')
    .selectAll()
    .orderBy('certification_id', 'desc')
    .orderBy('radius')
    .execute()
  t.deepEqual(
    rows.map(row => [row.certification_id, row.radius, row.certified, row.abstained, row.n]),
    [
      ['some', 0, 3, 1, 5],
      ['some', 0.25, 2, 1, 5],
      ['some', 0.5, 1, 1, 5],
      ['some', 0.75, 0, 1, 5],
      ['some', 1, 0, 1, 5],
      ['none', 0, 0, 2, 2],
      ['none', 0.25, 0, 2, 2],
    ],
  )
  t.like(rows[1], {
    ...{ dataset: 'glyphs', architecture: 'lenet', arm: 'bp', seed: 1, smoothing_seed: 7 },
    ...{ sigma: 0.5, selection: 10, estimation: 100, alpha: 0.01, seconds: 2, pair_id: 'pair' },
    ...{ certified_accuracy: 0.4, model_id: 'bp' },
  })
  for (const row of rows) {
    const { low, high } = wilson(row.certified, row.n)
    t.true(Math.abs(row.certified_accuracy_low - low) < 1e-12)
    t.true(Math.abs(row.certified_accuracy_high - high) < 1e-12)
  }
})
