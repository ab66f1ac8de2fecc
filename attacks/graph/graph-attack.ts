import type { z } from 'zod'
import type { Generator } from '../../src/random/generator.ts'
import type { Observer } from '../observer.ts'
import type { Graph } from './graph.ts'
import type { GraphBudget } from './graph-budget.ts'
import type { GraphCapability, GraphVictim } from './graph-victim.ts'

/** What an attack on a node classifier is to achieve, and with what knowledge. */
export interface GraphGoal {
  readonly graph: Graph
  /** Class of every node, −1 where there is none. Attacks say which of them they look at. */
  readonly labels: Int32Array
  /** Nodes the victim was trained on. */
  readonly train: Int32Array
  /** Nodes that are to be misclassified; one for an attack that is targeted. */
  readonly targets: Int32Array
}

/** What an attack hands back. */
export interface PerturbedGraph {
  readonly graph: Graph
  /** Passes through the victim or a surrogate; with a gradient, one. */
  readonly queries: number
}

/** An attack on a node classifier with all its hyper-parameters. */
export interface GraphAttack {
  readonly name: string
  /** Name and every hyper-parameter. */
  readonly config: Readonly<Record<string, unknown>>
  readonly requires: readonly GraphCapability[]
  /** Whether it changes the graph for one node at a time. */
  readonly targeted: boolean
  budget(goal: GraphGoal): GraphBudget
  /**
   * Looks for a graph near the goal's, within `budget`.
   *
   * @param observer is shown the iterations of an attack that raises its targets' loss step by step
   * @throws RangeError from a targeted attack for a goal without exactly one target
   */
  run(victim: GraphVictim, goal: GraphGoal, random: Generator, observer?: Observer): PerturbedGraph
}

/** An attack before its options and its strength are known: what one file of attacks provides. */
export interface GraphAttackKind<Options extends { readonly name: string }> {
  readonly name: Options['name']
  /** Options as they are written in a plan, with their defaults. */
  readonly options: z.ZodType<Options>
  /**
   * @param strength how much may change: as each attack says, a share of the edges or of the
   *   features' entries, the largest change of a value, or a multiple of a node's degree
   */
  create(options: Options, strength: number): GraphAttack
}
