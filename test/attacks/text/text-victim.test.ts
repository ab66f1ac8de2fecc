import test, { type ExecutionContext } from 'ava'
import { attackRandom } from '../../../attacks/attack-random.ts'
import { crossEntropy as crossEntropyOf } from '../../../attacks/losses.ts'
import { scoresFrom, tokensTensor } from '../../../attacks/text/score.ts'
import {
  ascend,
  largestChange,
  randomInWordBalls,
  wordBall,
} from '../../../attacks/text/word-ball.ts'
import { architectureSchema, buildNetwork } from '../../../models/architecture.ts'
import { initialise } from '../../../models/initialise.ts'
import { imageInput } from '../../../models/input.ts'
import { tf } from '../../../src/engine/tf.ts'
import { networkTextVictim } from '../../../src/evaluation/text-victim.ts'
import { distance, leavesNoTensors, normalTensor, useEngine } from '../../with-engine.ts'
import { dataset, length, textsOf, trained } from './trained-gru.ts'

useEngine()

test.serial('the victim sees embeddings as it sees tokens; its gradient is the slope', async t => {
  const victim = await trained()
  await leavesNoTensors((t: ExecutionContext) => {
    const texts = textsOf([0, 1, 2])
    const tokens = tokensTensor(texts)
    const labels = tf.tensor1d([0, 1, 2], 'int32')
    const loss = crossEntropyOf(labels)
    const none = tf.zeros([3, length, 16]) as tf.Tensor3D
    const direction = tf.tidy(() => tf.mul(normalTensor([3, length, 16], 'direction'), 0.01))
    tf.tidy(() => {
      t.true(distance(victim.logits(tokens), victim.embedding!.logits(tokens, none)) < 1e-5)
      const { gradient, losses, logits } = victim.embedding!.lossGradient(tokens, none, loss)
      const [ahead, behind] = [direction, tf.neg(direction)].map(change =>
        loss(victim.embedding!.logits(tokens, change as tf.Tensor3D)),
      )
      const slope = tf.div(tf.sub(ahead!, behind!), 2)
      const expected = tf.sum(tf.mul(gradient, direction), [1, 2])
      t.true(distance(slope, expected) < 2e-3, `${slope} ${expected}`)
      t.true(Math.max(...expected.abs().dataSync()) > 2e-2, `${expected}`)
      const padded = tf.expandDims(tf.cast(tf.equal(tokens, 0), 'float32'), 2)
      t.is(tf.sum(tf.abs(tf.mul(gradient, padded))).dataSync()[0], 0)
      tf.dispose([losses, logits])
    })
    tf.dispose([tokens, labels, none, direction])
  })(t)
})

for (const architecture of [
  { name: 'elman' },
  { name: 'gru', layers: 2 },
  { name: 'lstm' },
] as const) {
  const named = Object.values(architecture).join(' of layers ')
  test.serial(`${named}: an unchanged embedding gives the logits, padding takes no part`, t => {
    const small = buildNetwork(
      architectureSchema.parse({ embedding: 3, hidden: 4, ...architecture }),
      { kind: 'sequences', length: 4, vocabulary: 5, classes: 2 },
    )
    const parameters = initialise(small, 3)
    const victim = networkTextVictim(small, parameters, ['<pad>', '<unknown>', 'a', 'b', 'c'])
    tf.tidy(() => {
      const tokens = tf.tensor2d([0, 0, 1, 2, 3, 4, 0, 0, 2, 1, 3, 4], [3, 4], 'int32')
      const change = normalTensor([3, 4, 3], 'change') as tf.Tensor3D
      const padded = tf.expandDims(tf.cast(tf.equal(tokens, 0), 'float32'), 2)
      const plain = victim.logits(tokens)
      const through = (own: tf.Tensor) => victim.embedding!.logits(tokens, own as tf.Tensor3D)
      t.true(distance(plain, through(tf.zerosLike(change))) < 1e-6)
      t.true(distance(plain, through(tf.mul(change, padded))) < 1e-6)
      t.true(distance(plain, through(change)) > 1e-2)
      const other = tf.tensor2d([0, 0, 1, 3, 2, 4, 0, 0, 2, 1, 3, 4], [3, 4], 'int32')
      const matrix = victim.embedding!.matrix
      const moved = tf.sub(tf.gather(matrix, other), tf.gather(matrix, tokens))
      t.true(distance(victim.logits(other), through(moved)) < 1e-5)
    })
    tf.dispose(parameters as Record<string, tf.Tensor>)
  })
}

test.serial('the random start fills the balls of the words evenly', async t => {
  const victim = await trained()
  const tokens = dataset.test.tokens.slice(0, 50 * length)
  const random = attackRandom(3, [...Array(50).keys()])
  for (const norm of ['linf', 'l2'] as const) {
    const ball = wordBall(victim, norm, 0.5)
    const change = randomInWordBalls(tokens, length, random, 0, ball)
    const sizes = [...tokens.keys()].map(word =>
      largestChange(change.subarray(word * 16, (word + 1) * 16), ball),
    )
    t.true(sizes.every((size, word) => (tokens[word] === 0) === (size === 0)))
    const words = sizes.filter(size => size > 0)
    t.true(words.every(size => size <= ball.radius * (1 + 1e-5)))
    // Half of the volume lies beyond 2^(-1/16) of the radius, in either norm.
    const beyond = words.filter(size => size > ball.radius * 0.5 ** (1 / 16)).length / words.length
    t.true(Math.abs(beyond - 0.5) < 4 * Math.sqrt(0.25 / words.length), `${norm}: ${beyond}`)
  }
})

test.serial('the radius grows with the vectors of the words, whatever padding holds', t => {
  tf.tidy(() => {
    const radiusOf = (rows: number[][], norm: 'linf' | 'l2') => {
      const matrix = tf.tensor2d([[900, 900], [-700, 700], ...rows])
      const logits = () => tf.zeros([1, 2]) as tf.Tensor2D
      const lossGradient = () => ({
        gradient: logits(),
        losses: tf.zeros([1]) as tf.Tensor1D,
        logits: logits(),
      })
      const embedding = { matrix, logits, lossGradient }
      const known = ['<pad>', '<unknown>', 'a', 'b']
      return wordBall({ classes: 2, length: 4, vocabulary: known, logits, embedding }, norm, 0.5)
        .radius
    }
    const [word, other] = [
      [3, 4],
      [0, 5],
    ] as const
    t.true(Math.abs(radiusOf([[...word], [...other]], 'l2') - 2.5) < 1e-6)
    t.true(Math.abs(radiusOf([[...word], [...other]], 'linf') - 2.5 / Math.sqrt(2)) < 1e-6)
    t.true(
      Math.abs(
        radiusOf(
          [
            [6, 8],
            [0, 10],
          ],
          'l2',
        ) - 5,
      ) < 1e-6,
    )
  })
})

test('not a number leads nowhere: a score counts as sure, an entry of a slope as flat', t => {
  const text = { tokens: Int32Array.of(2, 3), label: 0 }
  const logits = new Float32Array([Number.NaN, 0, 2, 2 - Math.log(3)])
  const [broken, sound] = scoresFrom(logits, [text, text], 2)
  t.is(broken!.chance, 1)
  t.true(Math.abs(sound!.chance - 0.75) < 1e-6)
  const change = new Float32Array(6)
  const slope = new Float32Array([Number.NaN, 3, 4, 0, 0, 0])
  ascend(change, slope, text.tokens, 1, { norm: 'l2', radius: 1, width: 3 })
  t.deepEqual([...change], [...new Float32Array([0, 0.6, 0.8, 0, 0, 0])])
  ascend(change, slope, text.tokens, 1, { norm: 'l2', radius: 1, width: 3 })
  t.true(Math.abs(Math.hypot(...change) - 1) < 1e-6)
})

test('a network without tokens is no victim', t => {
  const images = buildNetwork(architectureSchema.parse({ name: 'mlp' }), imageInput([4, 4, 1], 2))
  t.throws(() => networkTextVictim(images, {}, []), { message: /^invalid victim: / })
})
