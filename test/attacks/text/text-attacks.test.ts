import test, { type ExecutionContext } from 'ava'
import { attackRandom } from '../../../attacks/attack-random.ts'
import { crossEntropy as crossEntropyOf } from '../../../attacks/losses.ts'
import { createTextAttack, textAttackSchema } from '../../../attacks/text/create-text-attack.ts'
import { tokensTensor } from '../../../attacks/text/score.ts'
import { synonymsIn } from '../../../attacks/text/synonyms.ts'
import { type TextAttack, wordLimit } from '../../../attacks/text/text-attack.ts'
import type { TextVictim } from '../../../attacks/text/text-victim.ts'
import { largestChange, randomInWordBalls, wordBall } from '../../../attacks/text/word-ball.ts'
import { nearestWords, wordIds } from '../../../attacks/text/words.ts'
import { architectureSchema, buildNetwork } from '../../../models/architecture.ts'
import { imageInput } from '../../../models/input.ts'
import { topics } from '../../../src/data/text/topics.ts'
import { tf } from '../../../src/engine/tf.ts'
import { attackText } from '../../../src/evaluation/attack-text.ts'
import { markedText, textParts } from '../../../src/evaluation/text-changes.ts'
import { changedPlaces, requireWithinBudget } from '../../../src/evaluation/text-threat-model.ts'
import { textTotals } from '../../../src/evaluation/text-totals.ts'
import { networkTextVictim } from '../../../src/evaluation/text-victim.ts'
import { taskOf } from '../../../src/tasks/task.ts'
import { createEstimator } from '../../../src/training/estimators/create-estimator.ts'
import { crossEntropy } from '../../../src/training/loss.ts'
import { train, trainingSchema } from '../../../src/training/train.ts'
import { distance, leavesNoTensors, normalTensor, useEngine } from '../../with-engine.ts'

useEngine()

const dataset = topics({ train: 2000, test: 60, seed: 0 })
const { length, vocabulary } = dataset
const network = buildNetwork(
  architectureSchema.parse({ name: 'gru', embedding: 16, hidden: 24 }),
  taskOf(dataset).input,
)

let once: Promise<TextVictim> | undefined

/** A gru that has learned the topics, trained by the first test that asks. */
function trained(): Promise<TextVictim> {
  once ??= train({
    network,
    task: taskOf(dataset),
    estimator: createEstimator({ name: 'bp' }, crossEntropy),
    options: trainingSchema.parse({ epochs: 4, learningRate: 0.01, batch: 25 }),
    seed: 0,
  }).then(({ parameters }) => networkTextVictim(network, parameters, vocabulary))
  return once
}

const attackOf = (options: object, budget: number) =>
  createTextAttack(textAttackSchema.parse(options), budget)

const attacks = [
  [{ name: 'hotflip', beam: 2, words: 4, cosine: 0.2 }, 0.15],
  [{ name: 'word-substitution' }, 0.3],
  [{ name: 'random-masking', draws: 3 }, 0.3],
  [{ name: 'importance-masking', replacement: 'nothing' }, 0.3],
  [{ name: 'embedding-fgsm', norm: 'linf' }, 0.3],
  [{ name: 'embedding-pgd', norm: 'l2', steps: 5, restarts: 2 }, 0.1],
  [{ name: 'embedding-pgd', norm: 'linf', steps: 5, restarts: 1 }, 0.3],
] as const

const textsOf = (examples: readonly number[]) =>
  examples.map(example => ({
    tokens: dataset.test.tokens.slice(example * length, (example + 1) * length),
    label: dataset.test.labels[example]!,
  }))

/** What an attack makes of each of these test texts, by its number. */
function crafted(attack: TextAttack, victim: TextVictim, examples: readonly number[]) {
  const random = attackRandom(7, examples)
  const result = attack.against(victim)(textsOf(examples), random)
  const changed = 'tokens' in result ? result.tokens : result.changes
  return new Map(examples.map((n, at) => [n, [[...changed[at]!], result.queries[at]]]))
}

for (const [options, budget] of attacks) {
  const { name } = options
  const title = 'norm' in options ? `${name} ${options.norm}` : name

  test.serial(`${title}: keeps within its budget and breaks some texts, not all`, async t => {
    const victim = await trained()
    const before = tf.memory().numTensors
    const attack = attackOf(options, budget)
    const { outcomes, tokens, totals } = await attackText(attack, victim, dataset, 60, 1)
    t.is(tf.memory().numTensors, before)
    t.true(totals.successful > 0 && totals.failed > 0, JSON.stringify(totals))
    for (const { example, result, words, changedWords, queries } of outcomes) {
      const clean = dataset.test.tokens.slice(example * length, (example + 1) * length)
      const after = tokens.slice(example * length, (example + 1) * length)
      const changed = changedPlaces(clean, after)
      if (attack.space === 'words') {
        t.is(changed.length, changedWords)
        t.true(changedWords <= budget * words)
        t.true(changed.every(place => clean[place] !== 0))
        if (!name.endsWith('masking')) t.true(changed.every(place => after[place]! >= 2))
      } else t.deepEqual(changed, [])
      t.is(queries > 0, result !== 'skipped')
      if (result === 'successful') t.true(changedWords > 0)
    }
  })

  test.serial(`${title}: budget 0 leaves the texts alone`, async t => {
    const { outcomes } = await attackText(attackOf(options, 0), await trained(), dataset, 20, 1)
    t.true(
      outcomes.every(({ changedWords, result }) => changedWords === 0 && result !== 'successful'),
    )
  })

  test.serial(`${title}: a text's result does not depend on its batch`, async t => {
    const victim = await trained()
    const attack = attackOf(options, budget)
    const [forward, backward, alone] = [[3, 9, 14, 27], [27, 14, 9, 3], [14]].map(examples =>
      crafted(attack, victim, examples),
    )
    for (const n of [3, 9, 14, 27]) t.deepEqual(forward!.get(n), backward!.get(n), `text ${n}`)
    t.deepEqual(alone!.get(14), forward!.get(14))
  })
}

const successes = async (options: object, budget: number, seed = 1) => {
  const attacked = await attackText(attackOf(options, budget), await trained(), dataset, 60, seed)
  return attacked.outcomes.flatMap(({ example, result }) =>
    result === 'successful' ? example : [],
  )
}

for (const [options] of attacks.slice(0, 4)) {
  test.serial(`${options.name}: what a budget breaks, a larger one breaks too`, async t => {
    const large = new Set(await successes(options, 0.4))
    const small = await successes(options, 0.15)
    for (const example of small) t.true(large.has(example))
    t.true(large.size > small.length)
  })
}

test.serial('attacks on the embedding: larger radii break more, PGD more than FGSM', async t => {
  for (const [norm, epsilon] of [
    ['linf', 0.15],
    ['l2', 0.1],
  ] as const) {
    const pgd = { name: 'embedding-pgd', norm, steps: 10, restarts: 2 }
    const [small, middle, large] = [
      (await successes(pgd, epsilon / 3)).length,
      (await successes(pgd, epsilon)).length,
      (await successes(pgd, 5)).length,
    ]
    const { totals } = await attackText(attackOf(pgd, 0), await trained(), dataset, 60, 1)
    t.true(small < middle && middle < large, `${norm}: ${small}, ${middle}, ${large}`)
    t.is(large, totals.failed)
    t.true((await successes({ name: 'embedding-fgsm', norm }, epsilon)).length <= middle)
  }
})

test.serial('importance beats chance; the seed decides about chance', async t => {
  const random = { name: 'random-masking', draws: 1 }
  const [one, again, other] = [
    await successes(random, 0.2, 1),
    await successes(random, 0.2, 1),
    await successes(random, 0.2, 2),
  ]
  t.deepEqual(one, again)
  t.notDeepEqual(one, other)
  t.true((await successes({ name: 'importance-masking' }, 0.2)).length > one.length)
  t.true((await successes({ ...random, draws: 20 }, 0.2)).length > one.length)
})

test.serial('a cosine limit holds for every flip and neighbour', async t => {
  const victim = await trained()
  const near = nearestWords(victim.embedding!, wordIds(vocabulary), { cosine: 0.3, count: 500 })
  const rows = victim.embedding!.matrix.arraySync()
  const cosine = (a: number, b: number) => {
    const dot = rows[a]!.reduce((sum, value, at) => sum + value * rows[b]![at]!, 0)
    return dot / (Math.hypot(...rows[a]!) * Math.hypot(...rows[b]!))
  }
  const found = near(5).map(id => cosine(5, id))
  t.true(found.length > 0 && found.every(value => value >= 0.3))
  t.deepEqual(
    found,
    found.toSorted((a, b) => b - a),
  )
  t.is(found.length, wordIds(vocabulary).filter(id => id !== 5 && cosine(5, id) >= 0.3).length)
  for (const options of [
    { name: 'hotflip', words: 4, cosine: 0.3 },
    { name: 'word-substitution', cosine: 0.3, neighbours: 20 },
  ]) {
    const { tokens } = await attackText(attackOf(options, 0.5), victim, dataset, 30, 1)
    const changed = changedPlaces(dataset.test.tokens.slice(0, 30 * length), tokens)
    t.true(changed.length > 0)
    for (const at of changed) t.true(cosine(dataset.test.tokens[at]!, tokens[at]!) >= 0.3)
  }
})

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

test('an attack that leaves its budget is refused', t => {
  const attack = { name: 'mine', budget: 0.5 }
  const check = (after: number[]) => () =>
    requireWithinBudget(
      attack,
      { vocabulary: ['<pad>', '<unknown>', 'a', 'b'] },
      Int32Array.of(2, 3, 2, 3, 0),
      Int32Array.from(after),
    )
  t.notThrows(check([3, 1, 2, 3, 0]))
  t.throws(check([3, 2, 3, 3, 0]), {
    message: 'invalid attack: mine changed 3 words, 2 are allowed',
  })
  t.throws(check([2, 3, 2, 3, 2]), { message: 'invalid attack: mine changed padding' })
  t.throws(check([2, 3, 2, 4, 0]), { message: /token 4, which is not in the vocabulary/ })
  t.throws(check([2, 3, 2]), { message: /returned 3 tokens/ })
})

test('the limit of words is the share rounded down', t => {
  const tokens = Int32Array.from({ length: 120 }, (_, at) => (at < 100 ? 5 : 0))
  t.is(wordLimit(0.29, tokens), 29)
  t.is(wordLimit(0.299, tokens), 29)
  t.is(wordLimit(0.001, tokens), 0)
  t.is(wordLimit(1, tokens), 100)
})

test('totals count skipped texts in the accuracies alone', t => {
  const outcome = { example: 0, label: 0, cleanPrediction: 0, adversarialPrediction: 0, words: 10 }
  const totals = textTotals([
    { ...outcome, result: 'successful', changedWords: 1, queries: 30 },
    { ...outcome, result: 'successful', changedWords: 4, queries: 50 },
    { ...outcome, result: 'failed', changedWords: 5, queries: 100 },
    { ...outcome, result: 'skipped', changedWords: 0, queries: 0 },
  ])
  t.deepEqual(totals, {
    successful: 2,
    failed: 1,
    skipped: 1,
    cleanAccuracy: 0.75,
    accuracyUnderAttack: 0.25,
    successRate: 2 / 3,
    changedShare: 0.25,
    queries: 60,
  })
  t.is(textTotals([]).successRate, null)
})

test('an attacked text is shown with its changes', t => {
  const words = ['<pad>', '<unknown>', 'the', 'old', 'new', 'house', '.']
  const parts = textParts(words, Int32Array.of(2, 3, 5, 6, 0), Int32Array.of(2, 4, 0, 6, 0))
  t.deepEqual(parts, [
    { word: 'the' },
    { word: 'new', before: 'old' },
    { before: 'house' },
    { word: '.' },
  ])
  t.is(markedText(parts), 'the [old → new] [house → ∅] .')
})

test('punctuation and special tokens are no words', t => {
  t.deepEqual(wordIds(['<pad>', '<unknown>', ',', "it's", '3', '-', 'ä']), [3, 4, 6])
})

test('synonyms come in pairs, and only those of the vocabulary', t => {
  const words = ['<pad>', '<unknown>', 'large', 'cat', 'big', 'tiny', 'great', 'superb']
  const synonyms = synonymsIn(words)
  t.deepEqual(synonyms(4), [2, 6])
  t.deepEqual(synonyms(6), [2, 4, 7])
  t.deepEqual(synonyms(3), [])
  for (const id of words.keys())
    for (const other of synonyms(id)) t.true(synonyms(other).includes(id))
})

test('an attack names what a victim lacks, and a network without tokens is no victim', async t => {
  const blackBox: TextVictim = {
    classes: 4,
    length,
    vocabulary,
    logits: tokens => tf.zeros([tokens.shape[0], 4]),
  }
  await t.throwsAsync(attackText(attackOf({ name: 'hotflip' }, 0.2), blackBox, dataset, 2, 1), {
    message: 'invalid victim: attack hotflip needs embedding, which this model lacks',
  })
  const { totals } = await attackText(
    attackOf({ name: 'importance-masking' }, 0.2),
    blackBox,
    dataset,
    8,
    1,
  )
  t.is(totals.skipped, 6)
  const images = buildNetwork(architectureSchema.parse({ name: 'mlp' }), imageInput([4, 4, 1], 2))
  t.throws(() => networkTextVictim(images, {}, []), { message: /^invalid victim: / })
})
