/** What a large results database is about: data sets, networks, arms and the attacks on them. */

/** An attack at one radius. */
export interface Strike {
  readonly attack: string
  readonly norm: string
  readonly epsilon: number
  /** Share of examples that it costs a model trained by backprop, about. */
  readonly force: number
  readonly queries: number
}

/** A data set, the networks trained on it and what they are attacked with. */
export interface Subject {
  readonly name: string
  readonly kind: 'image' | 'text' | 'graph' | 'memory'
  readonly shape: readonly number[]
  readonly classes: number
  readonly train: number
  readonly test: number
  readonly architectures: readonly string[]
  readonly strikes: readonly Strike[]
}

/** Every training is done by these three, with the same seed. */
export const arms = ['bp', 'bp-noise', 'lr-logit'] as const
export type Arm = (typeof arms)[number]

/** How much of an attack's force an arm feels. */
export const fragility: Readonly<Record<Arm, number>> = { bp: 1, 'bp-noise': 0.7, 'lr-logit': 0.85 }

/** The attack whose examples are also shown to other models. */
export const transferred = new Set(['pgd', 'hotflip', 'dice'])

function strikes(
  attack: string,
  norm: string,
  queries: number,
  forces: Readonly<Record<string, number>>,
): Strike[] {
  return Object.entries(forces).map(([epsilon, force]) => ({
    ...{ attack, norm, queries, force },
    epsilon: Number(epsilon),
  }))
}

const onImages = [
  ...strikes('fgsm', 'linf', 1, { 0.02: 0.1, 0.05: 0.3, 0.1: 0.5 }),
  ...strikes('pgd', 'linf', 100, { 0.02: 0.15, 0.05: 0.5, 0.1: 0.8 }),
  ...strikes('autoattack', 'linf', 5000, { 0.05: 0.55, 0.1: 0.85 }),
  ...strikes('pgd', 'l2', 100, { 0.5: 0.3, 1: 0.6 }),
]
const onTexts = [
  ...strikes('hotflip', 'words', 40, { 0.1: 0.3, 0.3: 0.6 }),
  ...strikes('word-substitution', 'words', 300, { 0.1: 0.2, 0.3: 0.5 }),
]
const onGraphs = [
  ...strikes('dice', 'edges', 1, { 0.05: 0.05, 0.1: 0.1 }),
  ...strikes('pgd-topology', 'edges', 200, { 0.05: 0.15, 0.1: 0.25 }),
]

function images(name: string, shape: readonly number[], architectures: readonly string[]): Subject {
  const size = { classes: 10, train: 20_000, test: 10_000 }
  return { name, kind: 'image', shape, architectures, strikes: onImages, ...size }
}

export const subjects: readonly Subject[] = [
  images('mnist', [28, 28, 1], ['mlp', 'lenet', 'resnet5', 'snn']),
  images('fashion-mnist', [28, 28, 1], ['mlp', 'lenet', 'resnet5']),
  images('cifar10', [32, 32, 3], ['lenet', 'resnet5', 'vgg8']),
  {
    ...{ name: 'trec', kind: 'text', shape: [20, 5000], classes: 6, train: 5452, test: 500 },
    ...{ architectures: ['gru', 'lstm'], strikes: onTexts },
  },
  {
    ...{ name: 'cora', kind: 'graph', shape: [2708, 1433], classes: 7, train: 140, test: 1000 },
    ...{ architectures: ['gcn', 'gat'], strikes: onGraphs },
  },
  {
    ...{ name: 'copy', kind: 'memory', shape: [50, 10], classes: 8, train: 2000, test: 500 },
    ...{ architectures: ['elman', 'gru'], strikes: [] },
  },
]
