import { tf } from '../../src/engine/tf.ts'
import type { Generator } from '../../src/random/generator.ts'
import { permutation } from '../../src/random/shuffle.ts'
import type { GraphGoal } from './graph-attack.ts'
import type { GraphVictim } from './graph-victim.ts'

/** How many nodes of each sort are attacked. */
export interface TargetCounts {
  /** Of the largest margin: the most certain. */
  readonly certain: number
  /** Of the smallest margin. */
  readonly uncertain: number
  /** Of the others, drawn at random. */
  readonly random: number
}

const published: TargetCounts = { certain: 10, uncertain: 10, random: 20 }

/**
 * Nodes for an attack on one node at a time, all of them classified correctly: those of the largest
 * and of the smallest margin of probabilities, `p_y − max_{i≠y} p_i`, and some others. Fewer where
 * there are no more. Which nodes are taken changes conclusions, so it belongs into a result.
 *
 * @param goal its targets are the nodes to choose from
 * @returns ascending
 * @see Zügner et al., "Adversarial attacks on neural networks for graph data", 2018, section 5
 */
export function selectTargets(
  victim: GraphVictim,
  { graph, labels, targets }: GraphGoal,
  random: Generator,
  counts = published,
): Int32Array {
  const logits = victim.logits(graph)
  const probabilities = tf.tidy(() => tf.softmax(logits).dataSync()) as Float32Array
  logits.dispose()
  const marginOf = (node: number) => {
    const own = probabilities.subarray(node * victim.classes, (node + 1) * victim.classes)
    const label = labels[node]!
    return own[label]! - own.reduce((most, p, c) => (c === label ? most : Math.max(most, p)), 0)
  }
  const correct = Array.from(targets)
    .map(node => ({ node, margin: marginOf(node) }))
    .filter(({ margin }) => margin > 0)
    .sort((a, b) => b.margin - a.margin || a.node - b.node)
    .map(({ node }) => node)
  const certain = correct.splice(0, counts.certain)
  const uncertain = correct.splice(Math.max(correct.length - counts.uncertain, 0))
  const drawn = permutation(correct.length, random).slice(0, counts.random)
  return Int32Array.from([
    ...certain,
    ...uncertain,
    ...Array.from(drawn, at => correct[at]!),
  ]).sort()
}
