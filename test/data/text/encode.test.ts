import test from 'ava'
import { type EncodingOptions, encode } from '../../../src/data/text/encode.ts'
import { tokenise } from '../../../src/data/text/tokenise.ts'
import { buildVocabulary } from '../../../src/data/text/vocabulary.ts'

const texts = ['b a b', 'c a b', 'd'].map(text => text.split(' '))
const vocabulary = ['<pad>', '<unknown>', 'b', 'a']
const options: EncodingOptions = {
  length: 4,
  minimumCount: 1,
  maximumSize: 100,
  padding: 'right',
  truncation: 'right',
}

test('words are lower case with inner apostrophes and digits; other characters stand alone', t => {
  t.deepEqual(tokenise("It's 3-0, don't  SHOUT!\t(n't) ''"), [
    ...["it's", '3', '-', '0', ',', "don't", 'shout', '!', '(', "n't", ')', "'", "'"],
  ])
  t.deepEqual(tokenise('Ünï\u0308 x²'), ['ünï\u0308', 'x²'])
  t.deepEqual(tokenise(' \n'), [])
})

test('a vocabulary goes by frequency, then by alphabet', t => {
  const all = buildVocabulary(texts, { minimumCount: 1, maximumSize: 100 })
  t.deepEqual(all, ['<pad>', '<unknown>', 'b', 'a', 'c', 'd'])
})

test('rare words are left out by count and by size', t => {
  t.deepEqual(buildVocabulary(texts, { minimumCount: 2, maximumSize: 100 }), vocabulary)
  t.deepEqual(buildVocabulary(texts, { minimumCount: 1, maximumSize: 3 }), vocabulary.slice(0, 3))
})

const long = { tokens: ['a', 'b', 'x', 'b', 'a', 'a'], label: 1 }
const short = { tokens: ['x', 'a'], label: 0 }

test('short texts are padded on the right, long ones lose their end', t => {
  const { tokens, lengths, labels, count } = encode([long, short], vocabulary, options)
  t.deepEqual(tokens, Int32Array.of(3, 2, 1, 2, 1, 3, 0, 0))
  t.deepEqual(lengths, Int32Array.of(4, 2))
  t.deepEqual(labels, Uint8Array.of(1, 0))
  t.is(count, 2)
})

test('or padded on the left, and lose their beginning', t => {
  const left = { ...options, padding: 'left', truncation: 'left' } as const
  t.deepEqual(encode([long, short], vocabulary, left).tokens, Int32Array.of(1, 2, 3, 3, 0, 0, 1, 3))
})
