import {
  createGraphAttack,
  type GraphAttackOptions,
} from '../../attacks/graph/create-graph-attack.ts'
import type { GraphGoal } from '../../attacks/graph/graph-attack.ts'
import { assertWithinBudget } from '../../attacks/graph/graph-budget.ts'
import type { GraphDataset } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { WorkError } from '../errors.ts'
import {
  type CraftedGraph,
  craftGraphs,
  graphGoal,
  judgeEvasion,
  judgePoisoning,
  type NodeOutcome,
} from '../evaluation/attack-graph.ts'
import { convergencePoints, createRecorder } from '../evaluation/convergence.ts'
import { graphVictim } from '../evaluation/graph-victim.ts'
import { isGraphAttack } from '../plans/any-attack.ts'
import type { AttackConfig } from '../plans/job-config.ts'
import type { NewExample } from '../store/results.ts'
import { graphTask } from '../tasks/graph-task.ts'
import type { AttackedExamples } from './attacked-examples.ts'
import { readGraphs, writeGraphs } from './graph-files.ts'
import { trainConfigured } from './train-config.ts'
import type { LoadedModel, Workbench } from './workbench.ts'

/**
 * Judges a model on changed graphs, its own or another model's; or models that are trained on them as
 * it was on the clean graph. The targets are the first nodes of the test split.
 */
export async function attackGraphs(
  bench: Workbench,
  id: string,
  config: AttackConfig,
): Promise<AttackedExamples> {
  const { attack, craftedBy, craftedOn, epsilon, examples, seed } = config
  if (!attack || !isGraphAttack(attack)) throw new Error(`no attack on graphs: ${attack?.name}`)
  const model = (await bench.model(config.model))!
  const dataset = (await bench.dataset(model.config.data)) as GraphDataset
  const { architecture } = model.config
  const victim = graphVictim(architecture, dataset.classes.length, model.parameters)
  const goal = graphGoal(dataset, dataset.test.slice(0, examples))
  if (!craftedBy) {
    const made = createGraphAttack(attack, epsilon)
    const recorder = createRecorder(goal.targets.length, made.name)
    const crafted = await craftGraphs(made, victim, goal, seed, bench.onProgress, recorder)
    await writeGraphs(bench.results.examples(id), dataset, crafted, craftedOn)
    const outcomes = judgeEvasion(victim, goal, crafted)
    const fates = outcomes.map(outcome => ({ ...outcome, brokenBy: 0 }))
    const convergence = convergencePoints(recorder.recorded, [made.name], fates)
    return { rows: exampleRows(goal, outcomes), convergence }
  }
  const crafted = await readGraphs(bench.results.examples(craftedBy), dataset)
  requireWithinBudget(attack, epsilon, goal, crafted)
  if (config.setting !== 'poisoning') {
    const judged = judgeEvasion(victim, goal, crafted)
    return { rows: exampleRows(goal, judged), convergence: [] }
  }
  const retrainable = { architecture, dataset, train: trainedAs(model) }
  const judged = await judgePoisoning(retrainable, victim, goal, crafted, bench.onProgress)
  return { rows: exampleRows(goal, judged), convergence: [] }
}

/** Trains as this model was trained, on another graph. */
function trainedAs({ config }: LoadedModel) {
  return async (dataset: GraphDataset) => {
    const { trained } = await trainConfigured(config, graphTask(dataset))
    if (trained.state === 'trained') return trained.parameters
    tf.dispose(Object.values(trained.parameters))
    throw new WorkError('diverged: training on the poisoned graph has no finite loss')
  }
}

function requireWithinBudget(
  attack: GraphAttackOptions,
  epsilon: number,
  goal: GraphGoal,
  crafted: readonly CraftedGraph[],
): void {
  const made = createGraphAttack(attack, epsilon)
  for (const { targets, graph } of crafted) {
    assertWithinBudget(goal.graph, graph, made.budget({ ...goal, targets }))
  }
}

/** Rows by place in the test split, of which the targets are the first. */
function exampleRows({ targets }: GraphGoal, outcomes: readonly NodeOutcome[]): NewExample[] {
  const places = new Map(Array.from(targets, (node, place) => [node, place]))
  return outcomes.map(outcome => ({
    example: places.get(outcome.node)!,
    label: outcome.label,
    clean_prediction: outcome.cleanPrediction,
    adversarial_prediction: outcome.adversarialPrediction,
    success: outcome.success ? 1 : 0,
    queries: outcome.queries,
    changed_edges: outcome.edges,
    changed_entries: outcome.entries,
  }))
}
