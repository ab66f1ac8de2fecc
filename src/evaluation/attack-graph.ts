import type { Graph } from '../../attacks/graph/graph.ts'
import type { GraphAttack, GraphGoal } from '../../attacks/graph/graph-attack.ts'
import { changesBetween } from '../../attacks/graph/graph-budget.ts'
import type { GraphVictim } from '../../attacks/graph/graph-victim.ts'
import { predictedLabels } from '../../attacks/graph/node-objective.ts'
import type { Architecture } from '../../models/architecture.ts'
import type { Parameters } from '../../models/network.ts'
import type { GraphDataset } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { UsageError } from '../errors.ts'
import { generator } from '../random/generator.ts'
import type { Progress } from '../training/train.ts'
import type { Outcome } from './attack-model.ts'
import type { Recorder } from './convergence.ts'
import { graphVictim } from './graph-victim.ts'

/** A changed graph and the nodes it was changed for. */
export interface CraftedGraph {
  /** One node, of an attack on one at a time; else all targets. */
  readonly targets: Int32Array
  readonly graph: Graph
  /** Pairs of nodes that were joined or parted. */
  readonly edges: number
  /** Entries of the features that are another value. */
  readonly entries: number
  readonly queries: number
}

/** One target's outcome on the changed graph. */
export interface NodeOutcome
  extends Pick<
    Outcome,
    'label' | 'cleanPrediction' | 'adversarialPrediction' | 'success' | 'queries'
  > {
  readonly node: number
  /** Pairs that were changed in the graph on which it was judged. */
  readonly edges: number
  /** Features' entries that were changed in it. */
  readonly entries: number
}

/** To have these nodes of a data set misclassified, by default all of the test split. */
export function graphGoal(dataset: GraphDataset, targets = dataset.test): GraphGoal {
  const { labels, train } = dataset
  return { graph: dataset, labels, train, targets }
}

/**
 * Runs an attack on a goal: once, or once for each target where it takes one at a time.
 *
 * @param onProgress called after every run with the share of the runs done
 * @param recorder takes note of the iterations; its examples are the targets
 * @throws UsageError where the victim lacks what the attack needs
 */
export async function craftGraphs(
  attack: GraphAttack,
  victim: GraphVictim,
  goal: GraphGoal,
  seed: number,
  onProgress?: Progress,
  recorder?: Recorder,
): Promise<CraftedGraph[]> {
  const missing = attack.requires.filter(need => !victim.capabilities.includes(need))
  if (missing.length > 0) {
    throw new UsageError(
      `invalid victim: attack ${attack.name} needs ${missing.join(', ')}, which this model lacks`,
    )
  }
  const goals = attack.targeted
    ? Array.from(goal.targets, target => ({ ...goal, targets: Int32Array.of(target) }))
    : [goal]
  const crafted: CraftedGraph[] = []
  for (const [at, one] of goals.entries()) {
    const path = attack.targeted ? [attack.name, one.targets[0]!] : [attack.name]
    const { graph, queries } = attack.run(
      victim,
      one,
      generator(seed, 'attack', ...path),
      recorder?.batch(at),
    )
    const changes = changesBetween(goal.graph, graph)
    crafted.push({ targets: one.targets, graph, ...changes, queries })
    await onProgress?.(crafted.length / goals.length)
  }
  return crafted
}

/** Evasion: the victim, its weights unchanged, sees the changed graphs. */
export function judgeEvasion(
  victim: GraphVictim,
  goal: GraphGoal,
  crafted: readonly CraftedGraph[],
): NodeOutcome[] {
  const before = predictedLabels(victim, goal)
  return crafted.flatMap(one =>
    outcomes(goal, one, before, predictedLabels(victim, { ...goal, graph: one.graph })),
  )
}

/** A node classifier together with the way it came to its weights. */
export interface Retrainable {
  readonly architecture: Architecture
  readonly dataset: GraphDataset
  /** Weights trained on this data set, in everything else as the clean one's; the caller's. */
  train(dataset: GraphDataset): Promise<Parameters>
}

/**
 * Poisoning: each changed graph gets a model of its own, trained and judged on it. What it is
 * compared with is the victim, trained and judged on the clean graph.
 *
 * @param onProgress called after every training with the share of them done
 */
export async function judgePoisoning(
  { architecture, dataset, train }: Retrainable,
  victim: GraphVictim,
  goal: GraphGoal,
  crafted: readonly CraftedGraph[],
  onProgress?: Progress,
): Promise<NodeOutcome[]> {
  const before = predictedLabels(victim, goal)
  const judged: NodeOutcome[] = []
  for (const [at, one] of crafted.entries()) {
    const { edges, features } = one.graph
    const parameters = await train({ ...dataset, edges, features })
    const poisoned = graphVictim(architecture, dataset.classes.length, parameters)
    const after = predictedLabels(poisoned, { ...goal, graph: one.graph })
    tf.dispose(Object.values(parameters))
    judged.push(...outcomes(goal, one, before, after))
    await onProgress?.((at + 1) / crafted.length)
  }
  return judged
}

/** Shares of targets that are classified correctly, without and with the attack. */
export function nodeAccuracies(judged: readonly NodeOutcome[]): {
  readonly clean: number
  readonly attacked: number
} {
  const share = (correct: (outcome: NodeOutcome) => boolean) =>
    judged.filter(correct).length / judged.length
  return {
    clean: share(({ cleanPrediction, label }) => cleanPrediction === label),
    attacked: share(({ adversarialPrediction, label }) => adversarialPrediction === label),
  }
}

function outcomes(
  { labels }: GraphGoal,
  { targets, edges, entries, queries }: CraftedGraph,
  before: Int32Array,
  after: Int32Array,
): NodeOutcome[] {
  return Array.from(targets, node => {
    const label = labels[node]!
    return {
      node,
      label,
      cleanPrediction: before[node]!,
      adversarialPrediction: after[node]!,
      success: before[node] === label && after[node] !== label,
      queries,
      edges,
      entries,
    }
  })
}
