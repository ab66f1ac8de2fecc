import test from 'ava'
import { attackBy } from '../../attacks/approach.ts'
import { attackRandom } from '../../attacks/attack-random.ts'
import { attackSchema } from '../../attacks/create-attack.ts'
import type { Victim } from '../../attacks/victim.ts'
import { tf } from '../../src/engine/tf.ts'
import { useEngine } from '../with-engine.ts'
import { goldenInputs, goldenLabels, goldenVictim } from './golden-network.ts'
import { keeping, type Seen } from './keeping.ts'

useEngine()

/** The victim, which counts its calls. */
function counting(victim: Victim): { readonly victim: Victim; readonly calls: () => number } {
  let calls = 0
  const count = <Given extends unknown[], Result>(call: (...given: Given) => Result) => {
    return (...given: Given): Result => {
      calls += 1
      return call(...given)
    }
  }
  return {
    victim: { ...victim, logits: count(victim.logits), lossGradient: count(victim.lossGradient!) },
    calls: () => calls,
  }
}

const cases: readonly (readonly [options: object, last: number])[] = [
  [{ name: 'pgd', steps: 5, restarts: 3 }, 18],
  [{ name: 'pgd', steps: 4, restarts: 2, targets: 1, loss: 'margin' }, 10],
  [{ name: 'pgd', steps: 4, restarts: 1, iterate: 'last', norm: 'l2' }, 5],
  [{ name: 'bim', steps: 4 }, 5],
  [{ name: 'mi-fgsm', steps: 4 }, 5],
  [{ name: 'apgd-ce', steps: 6, restarts: 2 }, 14],
  [{ name: 'apgd-ce', steps: 10, restarts: 1, norm: 'l1' }, 5],
  [{ name: 'apgd-t', steps: 6, norm: 'l2' }, 7],
  [{ name: 'square', queries: 12, restarts: 2 }, 24],
  [{ name: 'spsa', steps: 3, samples: 4 }, 5],
  [{ name: 'nes', steps: 3, samples: 4, norm: 'l2' }, 4],
  [{ name: 'score-gradient', steps: 3, samples: 4 }, 4],
  [{ name: 'random-search', samples: 70, norm: 'l2' }, 70],
]

const input = () => tf.tensor4d(goldenInputs.flat(), [4, 2, 1, 1])

for (const [options, last] of cases) {
  test.serial(`who looks on at ${JSON.stringify(options)} changes nothing`, t => {
    const attack = attackBy(attackSchema.parse(options), 0.02, {})
    const x = input()
    const labels = tf.tensor1d(goldenLabels, 'int32')
    const results = [undefined, [] as Seen[]].map(kept => {
      const { victim, calls } = counting(goldenVictim(t))
      const before = tf.memory().numTensors
      const observer = kept && keeping(kept)
      const random = attackRandom(0, [0, 1, 2, 3])
      const { adversarial, queries } = attack.run(victim, x, labels, random, observer)
      t.is(tf.memory().numTensors, before + 1)
      return {
        kept,
        adversarial: [...adversarial.dataSync()],
        queries: [...queries],
        calls: calls(),
      }
    })
    const [alone, watched] = results
    t.deepEqual({ ...watched, kept: undefined }, alone)
    const seen = watched!.kept!
    t.true(seen.length > 1)
    for (const one of seen) {
      t.is(one.last, last)
      t.is(one.rows.length, one.losses.length)
      t.is(one.rows.length, one.wrong.length)
    }
    const iterations = seen.map(({ iteration }) => iteration)
    t.deepEqual(
      iterations,
      [...new Set(iterations)].sort((a, b) => a - b),
    )
    t.true(iterations.every(iteration => iteration >= 1 && iteration <= last))
  })
}

test.serial(
  'what is shown is the loss at the iterates: cross-entropy at the clean inputs first',
  t => {
    const kept: Seen[] = []
    const victim = goldenVictim(t)
    const attack = attackBy(
      attackSchema.parse({ name: 'bim', steps: 3, iterate: 'last' }),
      0.05,
      {},
    )
    const labels = tf.tensor1d(goldenLabels, 'int32')
    const { adversarial } = attack.run(
      victim,
      input(),
      labels,
      attackRandom(0, [0, 1, 2, 3]),
      keeping(kept),
    )
    const lossesAt = (x: tf.Tensor) => {
      const logits = victim.logits(x).arraySync()
      return logits.map((row, at) => {
        const own = row[goldenLabels[at]!]!
        return Math.log(row.reduce((sum, value) => sum + Math.exp(value - own), 0))
      })
    }
    t.is(kept.length, 4)
    for (const [at, x] of [
      [0, input()],
      [3, adversarial],
    ] as const) {
      lossesAt(x).forEach((loss, row) => {
        t.true(Math.abs(kept[at]!.losses[row]! - loss) < 1e-5)
      })
    }
    t.true(kept[3]!.losses[0]! > kept[0]!.losses[0]!)
  },
)

test.serial('parts of a composed attack are told apart, rows are those of the whole batch', t => {
  const kept: Seen[] = []
  const attack = attackBy(attackSchema.parse({ name: 'autoattack' }), 0.01, {})
  const labels = tf.tensor1d(goldenLabels, 'int32')
  // The third is wrong anyway, so that the parts get a batch without it.
  const wrong = tf.tidy(() =>
    tf.notEqual(tf.argMax(goldenVictim(t).logits(input()), 1), labels).dataSync(),
  )
  attack.run(goldenVictim(t), input(), labels, attackRandom(0, [0, 1, 2, 3]), keeping(kept))
  t.deepEqual([...new Set(kept.map(({ part }) => part))], ['apgd-ce', 'apgd-t', 'square'])
  const open = [0, 1, 2, 3].filter(row => !wrong[row])
  t.true(open.length > 0 && open.length < 4)
  t.deepEqual(kept[0]!.rows, open)
})
