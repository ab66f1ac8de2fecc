import test from 'ava'
import { attackRandom } from '../../../attacks/attack-random.ts'
import { scoresOf } from '../../../attacks/text/score.ts'
import { tf } from '../../../src/engine/tf.ts'
import { attackText } from '../../../src/evaluation/attack-text.ts'
import { useEngine } from '../../with-engine.ts'
import { keeping, type Seen } from '../keeping.ts'
import { attackOf, dataset, textsOf, trained } from './trained-gru.ts'

useEngine()

const examples = [0, 1, 2, 3, 4, 5, 6, 7]

for (const loss of ['ce', 'margin'] as const) {
  test.serial(`who looks on at embedding-pgd sees the ${loss} and changes nothing`, async t => {
    const victim = await trained()
    const options = { name: 'embedding-pgd', steps: 3, restarts: 2, randomStart: false, loss }
    const run = attackOf(options, 0.05).against(victim)
    const texts = textsOf(examples)
    const before = tf.memory().numTensors
    const kept: Seen[] = []
    const watched = run(texts, attackRandom(7, examples), keeping(kept))
    t.is(tf.memory().numTensors, before)
    t.deepEqual(watched, run(texts, attackRandom(7, examples)))
    t.true(kept.length > 4)
    for (const { last, rows, losses, wrong } of kept) {
      t.is(last, 2 * 4)
      t.is(rows.length, losses.length)
      t.is(rows.length, wrong.length)
    }
    const scores = scoresOf(victim, texts)
    t.deepEqual(
      Array.from(kept[0]!.wrong),
      scores.map(({ wrong }) => wrong),
    )
    for (const [at, { chance }] of scores.entries()) {
      const value = kept[0]!.losses[at]!
      if (loss === 'ce') t.true(Math.abs(value + Math.log(chance)) < 1e-3)
      else t.is(value > 0, scores[at]!.wrong)
    }
  })
}

test.serial('word attacks raise no loss step by step and show nothing', async t => {
  const attack = attackOf({ name: 'hotflip' }, 0.2)
  t.deepEqual((await attackText(attack, await trained(), dataset, 10, 1)).recorded, [])
})

test.serial('what is recorded of PGD on the embedding is of right texts alone', async t => {
  const attack = attackOf({ name: 'embedding-pgd', steps: 3, restarts: 2 }, 0.1)
  const { recorded, outcomes } = await attackText(attack, await trained(), dataset, 120, 1)
  t.is(recorded.length, 1)
  const [{ name, losses, iterations }] = recorded as [(typeof recorded)[number]]
  t.is(name, 'embedding-pgd')
  for (const { example, result } of outcomes) {
    const seen = Number.isFinite(losses[example * iterations.length]!)
    t.is(seen, result !== 'skipped')
  }
})
