import test from 'ava'
import { sql } from 'kysely'
import { type NewConvergencePoint, saveEvaluation } from '../../src/store/results.ts'
import { openStore } from '../../src/store/store.ts'
import { temporaryFolder } from './fixtures/folder.ts'
import { newEvaluation, newExamples, writeHandMade } from './fixtures/hand-made.ts'

const points: readonly NewConvergencePoint[] = [
  { iteration: 1, loss: 0.5, robust_correct: 4 },
  { iteration: 20, loss: null, robust_correct: 2 },
].map(point => ({ ...point, position: 0, part: 'pgd', loss_name: 'ce', attacked: 4 }))

test('the iterations of an evaluation are kept, replaced, and go away with it', async t => {
  const store = await openStore(`${await temporaryFolder(t)}/gauntlet.db`)
  t.teardown(() => store.destroy())
  await writeHandMade(store)
  const evaluation = newEvaluation('11110', '11000', { id: 'bp pgd', model_id: 'bp' })
  const examples = newExamples('11110', '11000')
  for (const some of [points.slice(1), points]) {
    await saveEvaluation(store, evaluation, examples, some)
  }
  const rows = await store.selectFrom('v_attack_convergence').selectAll().execute()
  t.is(rows.length, 2)
  t.like(rows[0], { evaluation_id: 'bp pgd', arm: 'bp', attack: 'pgd', n: 5, robust_accuracy: 0.8 })
  t.like(rows[1], { iteration: 20, loss: null, robust_correct: 2, robust_accuracy: 0.4 })
  // Wilson 95 % of 2 of 5.
  t.is(rows[1]!.robust_accuracy_low.toFixed(4), '0.1176')
  t.is(rows[1]!.robust_accuracy_high.toFixed(4), '0.7693')
  const twice = { ...points[0]!, evaluation_id: 'bp pgd' }
  await t.throwsAsync(store.insertInto('attack_convergence').values(twice).execute())
  await sql`delete from evaluation where id = 'bp pgd'`.execute(store)
  t.is((await store.selectFrom('attack_convergence').selectAll().execute()).length, 0)
})
