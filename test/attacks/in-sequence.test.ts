import test from 'ava'
import { attackRandom } from '../../attacks/attack-random.ts'
import { attackSchema, createAttack } from '../../attacks/create-attack.ts'
import { inSequence } from '../../attacks/in-sequence.ts'
import { tf } from '../../src/engine/tf.ts'
import { useEngine } from '../with-engine.ts'
import { goldenInputs, goldenLabels, goldenVictim } from './golden-network.ts'

useEngine()

/** Attacks of growing strength on examples that are right, but for the last. */
const [weak, strong] = [0.004, 0.06].map(epsilon =>
  createAttack(attackSchema.parse({ name: 'pgd', steps: 5, restarts: 1 }), epsilon),
)

test.serial('each part attacks what those before it have left, with the same numbers', t => {
  const victim = goldenVictim(t)
  const first = { ...weak!, name: 'weak' }
  const second = { ...strong!, name: 'strong' }
  const sequence = inSequence([first, second])
  t.deepEqual(sequence.parts, ['weak', 'strong'])
  t.deepEqual(sequence.requires, ['lossGradient'])
  const x = tf.tensor4d(goldenInputs.flat(), [4, 2, 1, 1])
  const labels = tf.tensor1d(goldenLabels, 'int32')
  const random = attackRandom(0, [5, 6, 7, 8])
  const [one, two] = [first, second].map(attack => attack.run(victim, x, labels, random))
  const before = tf.memory().numTensors
  const { adversarial, brokenBy, queries } = sequence.run(victim, x, labels, random)
  t.is(tf.memory().numTensors, before + 1)
  const classes = (at: tf.Tensor) => tf.tidy(() => [...tf.argMax(victim.logits(at), 1).dataSync()])
  const wrong = (at: tf.Tensor) => classes(at).map((found, row) => found !== goldenLabels[row])
  const values = (of: tf.Tensor) => of.reshape([4, 2]).arraySync() as number[][]
  const expected = [0, 1, 2, 3].map(row => {
    if (wrong(x)[row]) return { by: null, at: values(x)[row] }
    if (wrong(one!.adversarial)[row]) return { by: 'weak', at: values(one!.adversarial)[row] }
    if (wrong(two!.adversarial)[row]) return { by: 'strong', at: values(two!.adversarial)[row] }
    return { by: null, at: values(x)[row] }
  })
  t.deepEqual(
    brokenBy,
    expected.map(({ by }) => by),
  )
  t.deepEqual(
    values(adversarial),
    expected.map(({ at }) => at),
  )
  t.true(new Set(brokenBy).size > 1, 'the parts are told apart')
  for (const count of queries) t.true(count >= 1)
})
