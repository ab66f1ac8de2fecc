import test from 'ava'
import { synonymsIn } from '../../../attacks/text/synonyms.ts'
import {
  type EmbeddingAttack,
  type WordAttack,
  wordLimit,
} from '../../../attacks/text/text-attack.ts'
import type { TextVictim } from '../../../attacks/text/text-victim.ts'
import { wordIds } from '../../../attacks/text/words.ts'
import { tf } from '../../../src/engine/tf.ts'
import { attackText } from '../../../src/evaluation/attack-text.ts'
import { markedText, textParts } from '../../../src/evaluation/text-changes.ts'
import { requireWithinBudget } from '../../../src/evaluation/text-threat-model.ts'
import { textTotals } from '../../../src/evaluation/text-totals.ts'
import { taskOf } from '../../../src/tasks/task.ts'
import { useEngine } from '../../with-engine.ts'
import {
  attackOf,
  dataset,
  length,
  network,
  trained,
  trainedParameters,
  vocabulary,
} from './trained-gru.ts'

useEngine()

test.serial('texts are attacked batch by batch, each as if it were alone', async t => {
  const victim = await trained()
  const attack = attackOf({ name: 'random-masking' }, 0.2)
  const shares: number[] = []
  const many = await attackText(attack, victim, dataset, 130, 1, share => {
    shares.push(share)
  })
  const few = await attackText(attack, victim, dataset, 90, 1)
  t.deepEqual(shares, [100 / 130, 1])
  t.deepEqual(
    many.outcomes.map(({ example }) => example),
    [...Array(130).keys()],
  )
  t.deepEqual(many.outcomes.slice(0, 90), few.outcomes)
  t.deepEqual(many.tokens.slice(0, 90 * length), few.tokens)
  const predictions = taskOf(dataset).predict(network, await trainedParameters(), 130)
  for (const { example, label, cleanPrediction, result } of many.outcomes) {
    t.is(cleanPrediction, predictions[example]!)
    t.is(label, dataset.test.labels[example]!)
    t.is(result === 'skipped', cleanPrediction !== label)
  }
})

test.serial('what an attack hands back is checked before it is judged', async t => {
  const victim = await trained()
  const cheat: WordAttack = {
    name: 'cheat',
    space: 'words',
    budget: 0.1,
    config: {},
    requires: [],
    against: () => texts => ({
      tokens: texts.map(({ tokens }) => tokens.map(id => (id === 0 ? 0 : 7))),
      queries: new Float32Array(texts.length),
    }),
  }
  await t.throwsAsync(attackText(cheat, victim, dataset, 5, 1), {
    message: /^invalid attack: cheat/,
  })
  const far: EmbeddingAttack = {
    name: 'far',
    space: 'embedding',
    norm: 'l2',
    epsilon: 1e-4,
    config: {},
    requires: ['embedding'],
    against: () => texts => ({
      changes: texts.map(() => new Float32Array(length * 16).fill(50)),
      queries: new Float32Array(texts.length),
    }),
  }
  const { totals } = await attackText(far, victim, dataset, 40, 1)
  t.is(totals.successful, 0)
  t.true((await attackText({ ...far, epsilon: 10 }, victim, dataset, 40, 1)).totals.successful > 0)
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

test('an attack names what a victim lacks; one without gradients needs nothing', async t => {
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
})
