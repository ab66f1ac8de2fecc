import test, { type ExecutionContext } from 'ava'
import type { TextVictim } from '../../../attacks/text/text-victim.ts'
import { tf } from '../../../src/engine/tf.ts'
import { leavesNoTensors, useEngine } from '../../with-engine.ts'
import { moved, words } from './run-attack.ts'

useEngine()

/** Log-odds of class 0 are 2 less what the words of a text cost. */
function costVictim(costs: Record<string, number>): TextVictim {
  const vocabulary = ['<pad>', '<unknown>', 'big', 'large', 'fast', 'quick', 'the']
  return {
    classes: 2,
    length: 3,
    vocabulary,
    logits: tokens =>
      tf.tensor2d(
        tokens.arraySync().map(row => {
          const words = row.map((id, at) => (id === 1 ? `unknown${at}` : vocabulary[id]!))
          return [2 - words.reduce((sum, word) => sum + (costs[word] ?? 0), 0), 0]
        }),
      ),
  }
}

test.serial(
  'word substitution weighs the gain with the saliency, and takes back what does not help',
  leavesNoTensors(t => {
    const text = { tokens: Int32Array.of(2, 6, 4), label: 0 }
    const run = (costs: Record<string, number>, budget: number) => {
      const options = { name: 'word-substitution', neighbours: 0 }
      const found = words(costVictim(costs), [text], options, budget)
      return [[...found.tokens[0]!], found.queries[0]]
    }
    const gains = { large: 1.4, quick: 1.2 }
    // Clean, two words unknown, two candidates, then one after the other.
    t.deepEqual(run(gains, 0.34), [[3, 6, 4], 6])
    t.deepEqual(run({ ...gains, unknown2: 3 }, 0.34), [[2, 6, 5], 6])
    t.deepEqual(run(gains, 1), [[3, 6, 5], 7])
    t.deepEqual(run({ large: 1.4, quick: -1 }, 1), [[3, 6, 4], 7])
    t.deepEqual(run({ large: 1.4, quick: 2.5 }, 1), [[2, 6, 5], 5])
    t.deepEqual(run(gains, 0.33), [[2, 6, 4], 0])
  }),
)

/** Two words out of a, b, c with vectors 0, 2, 1; margins and slopes at both places by the text. */
function tableVictim(
  t: ExecutionContext,
  margins: Record<string, number>,
  slopes: Record<string, readonly [number, number]>,
): TextVictim {
  const known = ['<pad>', '<unknown>', 'a', 'b', 'c']
  const textsOf = (tokens: tf.Tensor2D) =>
    tokens.arraySync().map(row => row.map(id => known[id]).join(''))
  const matrix = tf.tensor2d([9, 9, 0, 2, 1], [5, 1])
  t.teardown(() => matrix.dispose())
  const logits = (tokens: tf.Tensor2D) =>
    tf.tensor2d(textsOf(tokens).map(text => [margins[text] ?? 9, 0]))
  return {
    classes: 2,
    length: 2,
    vocabulary: known,
    logits,
    embedding: {
      matrix,
      logits,
      lossGradient: tokens => ({
        gradient: tf.tensor3d(
          textsOf(tokens).flatMap(text => slopes[text] ?? [1, 1]),
          [tokens.shape[0], 2, 1],
        ),
        losses: tf.zeros([tokens.shape[0]]) as tf.Tensor1D,
        logits: logits(tokens),
      }),
    },
  }
}

test.serial('a beam keeps what is second best at first; no place is flipped twice', t => {
  const text = { tokens: Int32Array.of(2, 2), label: 0 }
  const flipped = (victim: TextVictim, beam: number) => [
    ...words(victim, [text], { name: 'hotflip', beam, words: 2 }, 1).tokens[0]!,
  ]
  const trap = tableVictim(t, { aa: 3, ba: 1, ab: 2, bb: 0.5, bc: 0.7, cb: -1 }, {})
  t.deepEqual(flipped(trap, 1), [3, 3])
  t.deepEqual(flipped(trap, 2), [4, 3])
  const back = tableVictim(t, { aa: 3, ba: 1, bb: -1 }, { aa: [1, 0.5], ba: [-1, 0.1] })
  t.deepEqual(flipped(back, 1), [3, 3])
})

test.serial(
  'zero and NaN gradients leave texts and embeddings where they are',
  leavesNoTensors(t => {
    const matrix = tf.ones([4, 2]) as tf.Tensor2D
    const logits = (tokens: tf.Tensor2D) =>
      tf.tidy(() => tf.mul(tf.ones([tokens.shape[0], 2]), [1, 0])) as tf.Tensor2D
    const victim = (value: number): TextVictim => ({
      classes: 2,
      length: 6,
      vocabulary: ['<pad>', '<unknown>', 'a', 'b'],
      logits,
      embedding: {
        matrix,
        logits,
        lossGradient: (tokens, change) => ({
          gradient: tf.fill(change.shape, value),
          losses: tf.zeros([tokens.shape[0]]),
          logits: logits(tokens),
        }),
      },
    })
    const text = { tokens: Int32Array.of(2, 3, 2, 2, 0, 0), label: 0 }
    for (const value of [0, Number.NaN]) {
      const flipped = words(victim(value), [text], { name: 'hotflip' }, 1)
      t.deepEqual([...flipped.tokens[0]!], [...text.tokens])
      for (const norm of ['linf', 'l2']) {
        const fgsm = { name: 'embedding-fgsm', norm }
        t.true(moved(victim(value), [text], fgsm, 1).changes[0]!.every(change => change === 0))
        const pgd = { name: 'embedding-pgd', norm, steps: 3, restarts: 2 }
        t.true(moved(victim(value), [text], pgd, 1).changes[0]!.every(Number.isFinite))
      }
    }
    matrix.dispose()
  }),
)
