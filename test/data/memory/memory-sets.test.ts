import test from 'ava'
import type { SequenceDataset, SequenceSplit } from '../../../src/data/dataset.ts'
import { adding } from '../../../src/data/memory/adding.ts'
import { copy } from '../../../src/data/memory/copy.ts'

const request = { train: 500, test: 250, seed: 1 }
const makers = { copy, adding }
const sets = { copy: copy(request), adding: adding(request) }

/** What this code generated on Node 20.20 (x86-64) when the sequences were settled. */
const golden = {
  copy: '918033322d7030eab8fac840cb2344cd2231bded6767703742c2c9f8ce172457',
  adding: '9fa1775421c85b09ed625a45f969c4cd362aba1ccaaffbbaa439f92d4bc72753',
}

function sequences({ length }: SequenceDataset, split: SequenceSplit): number[][] {
  return Array.from({ length: split.count }, (_, i) => [
    ...split.tokens.subarray(i * length, (i + 1) * length),
  ])
}

for (const name of ['copy', 'adding'] as const) {
  const [make, set] = [makers[name], sets[name]]

  test(`${name} is the same on every machine`, t => {
    t.is(set.sha256, golden[name])
  })

  test(`${name} has sequences of full length, every token of its own and no other`, t => {
    t.is(set.length, 50)
    t.is(set.train.tokens.length, 500 * 50)
    t.deepEqual(set.train.lengths, new Int32Array(500).fill(50))
    t.is(new Set(set.vocabulary).size, set.vocabulary.length)
    const own = set.vocabulary.map((_, id) => id).slice(2)
    t.deepEqual(
      [...new Set(set.train.tokens)].sort((a, b) => a - b),
      own,
    )
  })

  test(`the first sequences of ${name} do not depend on how many follow`, t => {
    const few = make({ train: 33, test: 7, seed: 1 })
    t.deepEqual(few.train.tokens, set.train.tokens.slice(0, 33 * 50))
    t.deepEqual(few.train.labels, set.train.labels.slice(0, 33))
    t.deepEqual(few.test.tokens, set.test.tokens.slice(0, 7 * 50))
    t.deepEqual(few.test.labels, set.test.labels.slice(0, 7))
  })

  test(`seeds and splits of ${name} share no sequence`, t => {
    const other = make({ ...request, seed: 2 })
    const all = [set, other].flatMap(one => [
      ...sequences(one, one.train),
      ...sequences(one, one.test),
    ])
    t.is(new Set(all.map(String)).size, 1500)
  })
}

test('copy: a symbol, then blanks, then the marker; the symbol is the class', t => {
  for (const length of [4, 5, 50, 1000]) {
    const set = copy({ train: 40, test: 8, seed: 0, length })
    t.is(set.length, length)
    for (const [i, [symbol, ...rest]] of sequences(set, set.train).entries()) {
      t.is(symbol, 2 + set.train.labels[i]!)
      t.is(set.vocabulary[symbol!], set.classes[set.train.labels[i]!])
      t.is(rest.length, length - 1)
      t.is(rest.pop(), 18)
      t.true(rest.every(id => id >= 10 && id < 18))
    }
  }
})

test('copy: every eight sequences in a row hold each class once, in changing order', t => {
  const { labels } = sets.copy.train
  const rounds = Array.from({ length: 50 }, (_, round) => [
    ...labels.subarray(round * 8, round * 8 + 8),
  ])
  for (const round of rounds) t.deepEqual(round.toSorted(), [0, 1, 2, 3, 4, 5, 6, 7])
  t.true(new Set(rounds.map(String)).size > 40)
})

test('copy: every blank is equally likely', t => {
  const blanks = sets.copy.train.tokens.filter(id => id >= 10 && id < 18)
  t.is(blanks.length, 500 * 48)
  for (let id = 10; id < 18; id++) {
    const count = blanks.filter(found => found === id).length
    t.true(Math.abs(count - 3000) < 4 * Math.sqrt(24000 * (1 / 8) * (7 / 8)), `${id}: ${count}`)
  }
})

test('adding: one mark in each half, the sum of the marked digits is the class', t => {
  for (const length of [4, 5, 50, 1000]) {
    const set = adding({ train: 50, test: 25, seed: 0, length })
    for (const [i, sequence] of sequences(set, set.train).entries()) {
      t.is(sequence.length, length)
      const marks = [...sequence.keys()].filter(at => sequence[at]! >= 7)
      t.is(marks.length, 2)
      t.true(marks[0]! < Math.floor(length / 2) && marks[1]! >= Math.floor(length / 2))
      const sum = marks.reduce((total, at) => total + sequence[at]! - 7, 0)
      t.is(set.train.labels[i], sum)
      t.is(set.classes[sum], `${sum}`)
    }
  }
})

test('adding: the sums have the shares of two digits, exactly', t => {
  const counts = sets.adding.classes.map(
    (_, label) => sets.adding.test.labels.filter(found => found === label).length,
  )
  t.deepEqual(counts, [10, 20, 30, 40, 50, 40, 30, 20, 10])
})

test('adding: the marks are anywhere in their halves', t => {
  const set = adding({ train: 1000, test: 1, seed: 3, length: 10 })
  const counts = Array<number>(10).fill(0)
  for (const sequence of sequences(set, set.train)) {
    for (const [at, id] of sequence.entries()) if (id >= 7) counts[at]!++
  }
  for (const count of counts) t.true(Math.abs(count - 200) < 4 * Math.sqrt(160), `${counts}`)
})

test('tokens have names: digits bare, then marked', t => {
  t.deepEqual(sets.adding.vocabulary.slice(2), [
    ...['0', '1', '2', '3', '4', '0*', '1*', '2*', '3*', '4*'],
  ])
  t.deepEqual(sets.copy.vocabulary.slice(2).join(''), 'abcdefghstuvwxyz?')
})
