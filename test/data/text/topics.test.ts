import test from 'ava'
import { topics } from '../../../src/data/text/topics.ts'
import { bagOfWordsAccuracy } from './bag-of-words.ts'

const set = topics({ train: 2000, test: 1000, seed: 1 })

test('generated texts are the same on every machine', t => {
  // What this code generated on Node 20.20 (x86-64) when the texts were settled.
  t.is(set.sha256, '8a6fc37c0a4edef82f3eeee164f7f11b7c22b3938b3e4773ada5b0e189216483')
})

test('lengths, ids and padding are as declared', t => {
  t.is(new Set(set.vocabulary).size, 282)
  for (let i = 0; i < set.train.count; i++) {
    const text = set.train.tokens.subarray(i * set.length, (i + 1) * set.length)
    const length = set.train.lengths[i]!
    t.true(length >= 12 && length <= 16)
    t.true(text.subarray(0, length).every(id => id >= 2 && id < 282))
    t.true(text.subarray(length).every(id => id === set.padId))
  }
})

test('the first texts do not depend on how many follow, and differ between seeds', t => {
  const few = topics({ train: 30, test: 5, seed: 1 })
  t.deepEqual(few.train.tokens, set.train.tokens.slice(0, 30 * set.length))
  t.deepEqual(few.test.labels, set.test.labels.slice(0, 5))
  t.notDeepEqual(topics({ train: 30, test: 5, seed: 2 }).train.tokens, few.train.tokens)
  t.notDeepEqual(few.train.tokens.slice(0, 5 * set.length), few.test.tokens)
})

test('every four texts in a row hold each class once', t => {
  for (let i = 0; i < set.train.count; i += 4) {
    t.deepEqual([...set.train.labels.slice(i, i + 4)].sort(), [0, 1, 2, 3])
  }
})

test('the majority theme and the order of the roles say the class', t => {
  for (let i = 0; i < set.test.count; i++) {
    const text = [...set.test.tokens.subarray(i * set.length, (i + 1) * set.length)]
    const sea = text.filter(id => id >= 82 && id < 142).length
    const land = text.filter(id => id >= 142 && id < 202).length
    const roles = text.filter(id => id >= 202).map(id => (id < 242 ? 0 : 1))
    t.is(sea + land, 5)
    t.deepEqual(roles, roles[0] === 0 ? [0, 0, 1, 1] : [1, 1, 0, 0])
    t.is(set.test.labels[i], (sea > land ? 0 : 2) + roles[0]!)
  }
})

test('word counts alone get no further than half of the texts', t => {
  const accuracy = bagOfWordsAccuracy(set, 10)
  t.log({ accuracy })
  t.true(accuracy > 0.4 && accuracy < 0.56)
})
