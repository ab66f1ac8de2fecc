import type { Dataset } from '../data/dataset.ts'
import type { ConvergencePoint } from '../evaluation/convergence.ts'
import { normOf } from '../plans/any-attack.ts'
import type { AttackConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { type NewConvergencePoint, type NewExample, saveEvaluation } from '../store/results.ts'
import { attackGraphs } from './attack-graphs.ts'
import { attackImages } from './attack-images.ts'
import { attackTexts } from './attack-texts.ts'
import type { AttackedExamples } from './attacked-examples.ts'
import { nothingToSave, type Save } from './execute-job.ts'
import type { LoadedVictim, Workbench } from './workbench.ts'

/** Judges a model on its own adversarial examples, on another model's, or without attack. */
export async function attackJob(bench: Workbench, id: string, config: AttackConfig): Promise<Save> {
  const started = performance.now()
  const found = await attacked(bench, id, config)
  if (!found) return nothingToSave
  const { rows, convergence } = found
  const correct = rows.filter(row => row.clean_prediction === row.label)
  const evaluation = {
    id,
    model_id: config.model,
    crafted_on: config.craftedOn,
    attack: config.attack?.name ?? 'none',
    norm: config.attack ? normOf(config.attack) : 'linf',
    epsilon: config.epsilon,
    attack_config: canonicalJson(attackConfig(config)),
    seed: config.seed,
    purpose: config.purpose ?? ('comparison' as const),
    n: rows.length,
    clean_correct: correct.length,
    robust_correct: correct.filter(({ success }) => success === 0).length,
    queries_mean: rows.reduce((sum, { queries }) => sum + queries, 0) / rows.length,
    seconds: (performance.now() - started) / 1000,
    environment_id: bench.environmentId,
    created_at: new Date().toISOString(),
    inference: config.inference ? canonicalJson(config.inference) : null,
    setting: config.setting ?? 'evasion',
  } as const
  return transaction => saveEvaluation(transaction, evaluation, rows, convergence)
}

/** The attack with all that decides what it finds. */
function attackConfig({ attack, surrogates, eot }: AttackConfig): object {
  if (!attack) return { name: 'none' }
  return { ...attack, ...(surrogates && { surrogates }), ...(eot && { eot }) }
}

interface Attacked {
  readonly rows: readonly NewExample[]
  readonly convergence: readonly NewConvergencePoint[]
}

/** What became of each example; undefined where a model has no weights. */
async function attacked(
  bench: Workbench,
  id: string,
  config: AttackConfig,
): Promise<Attacked | undefined> {
  // The judged model last, so that none that it makes room for is needed any more.
  const source = await bench.victim(config.craftedOn)
  const own = await bench.victim(config.model)
  if (!own || !source) return undefined
  const dataset = await bench.dataset(own.data)
  const { rows, convergence } = await attackedAs(dataset, bench, id, config, own)
  return { rows, convergence: convergence.map(convergenceRow) }
}

async function attackedAs(
  dataset: Dataset,
  bench: Workbench,
  id: string,
  config: AttackConfig,
  own: LoadedVictim,
): Promise<AttackedExamples> {
  if (dataset.kind === 'images') return attackImages(bench, id, config, own, dataset)
  if (!config.attack) return { rows: await cleanRows(bench, config), convergence: [] }
  const attack = dataset.kind === 'sequences' ? attackTexts : attackGraphs
  return attack(bench, id, config)
}

function convergenceRow(point: ConvergencePoint): NewConvergencePoint {
  const { position, part, iteration, lossName, loss, attacked, robustCorrect } = point
  return {
    position,
    part,
    iteration,
    loss_name: lossName,
    loss,
    attacked,
    robust_correct: robustCorrect,
  }
}

/** Texts or nodes as they are. */
async function cleanRows(bench: Workbench, config: AttackConfig): Promise<NewExample[]> {
  const model = (await bench.model(config.model))!
  const task = await bench.task(model.config.data)
  const predictions = task.predict(model.network, model.parameters, config.examples)
  return Array.from(predictions, (prediction, example) => ({
    example,
    label: task.testLabels[example]!,
    clean_prediction: prediction,
    adversarial_prediction: prediction,
    success: 0,
    queries: 0,
  }))
}
