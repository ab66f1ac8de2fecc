import { type Approach, queriesOf } from '../../attacks/approach.ts'
import type { GraphAttackOptions } from '../../attacks/graph/create-graph-attack.ts'
import type { TextAttackOptions } from '../../attacks/text/create-text-attack.ts'
import type { Network } from '../../models/network.ts'
import type { Dataset, GraphDataset, SequenceDataset } from '../data/dataset.ts'
import { isGraphAttack, isTextAttack } from './any-attack.ts'
import { attackCost, callsCost } from './cost.ts'
import type { AttackConfig } from './job-config.ts'

/** A pass with a gradient costs about three passes forward. */
const withGradient = 3

/** Seconds for one pair of nodes in a differentiated pass over all pairs, seen on engine wasm. */
const secondsPerPair = 2e-7

/** Seconds for one entry of the features in full, in a differentiated pass. */
const secondsPerEntry = 3e-7

/** Seconds that Nettack takes for a flip of one node, for each node that it may join. */
const secondsPerCandidate = 1e-5

/** Candidates that a word has on average. */
const wordCandidates = 6

/** Expected seconds of judging a model on examples that are there. */
export function judgingCost(network: Network, dataset: Dataset, examples: number): number {
  // One pass over a graph classifies all of its nodes.
  return attackCost(network, null, dataset.kind === 'graph' ? 1 : examples)
}

/** Expected seconds of crafting examples and judging them. */
export function craftingCost(
  network: Network,
  dataset: Dataset,
  config: Pick<AttackConfig, 'attack' | 'epsilon' | 'examples'> & Approach,
): number {
  const { attack, epsilon, examples } = config
  const judging = judgingCost(network, dataset, examples)
  if (!attack) return judging
  if (isTextAttack(attack)) {
    const words = meanWords(dataset as SequenceDataset)
    return judging * (1 + textPasses(attack, words, Math.floor(epsilon * words)) / 2)
  }
  if (isGraphAttack(attack)) {
    return judging + graphSeconds(attack, judging, dataset as GraphDataset, epsilon, examples)
  }
  return callsCost(network, examples, 1, queriesOf(attack, config))
}

/** Expected seconds of judging by poisoning: one training, or one for each target of its own graph. */
export function poisoningCost(
  { attack, examples }: Pick<AttackConfig, 'attack' | 'examples'>,
  training: number,
): number {
  return training * (attack?.name === 'nettack' ? examples : 1)
}

function meanWords({ test }: SequenceDataset): number {
  return test.lengths.reduce((sum, length) => sum + length, 0) / test.count
}

/** Passes over one text that an attack makes. */
function textPasses(attack: TextAttackOptions, words: number, limit: number): number {
  switch (attack.name) {
    case 'embedding-fgsm':
      return withGradient
    case 'embedding-pgd':
      return (attack.steps * attack.restarts * withGradient) / 2
    case 'hotflip':
      // Most texts fall to the first flip, before there is a beam.
      return (withGradient + attack.beam) * (1 + (Math.min(attack.words, limit) * attack.beam) / 8)
    case 'importance-masking':
      return words + limit
    case 'random-masking':
      return attack.draws * limit
    case 'word-substitution':
      return words * (1 + wordCandidates) + limit
  }
}

/** @param judging seconds of two passes over the graph */
function graphSeconds(
  attack: GraphAttackOptions,
  judging: number,
  { nodes, edges, features }: GraphDataset,
  epsilon: number,
  examples: number,
): number {
  const flips = (epsilon * edges.length) / 2
  const overFeatures = nodes * features.count * secondsPerEntry
  const overPairs = nodes ** 2 * secondsPerPair
  switch (attack.name) {
    case 'dice':
    case 'random-structure':
      return judging
    case 'feature-fgsm':
      return overFeatures
    case 'feature-flip':
    case 'feature-pgd':
      return attack.steps * overFeatures
    case 'pgd-topology':
    case 'min-max':
      return attack.steps * overPairs
    case 'metattack':
      return (flips * attack.steps * overPairs) / 10
    case 'nettack':
      return (
        examples * (attack.extra + (epsilon * edges.length) / nodes) * nodes * secondsPerCandidate
      )
  }
}
