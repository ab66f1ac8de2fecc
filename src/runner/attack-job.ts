import { createAttack } from '../../attacks/create-attack.ts'
import type { ImageSplit } from '../data/dataset.ts'
import {
  type CraftedSet,
  craft,
  judge,
  judgeClean,
  type Outcome,
  unchanged,
} from '../evaluation/attack-model.ts'
import type { AttackConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { type NewExample, saveEvaluation } from '../store/results.ts'
import { partialExamples, readExamples, writeExamples } from './example-files.ts'
import { nothingToSave, type Save } from './execute-job.ts'
import type { LoadedVictim, Workbench } from './workbench.ts'

/** Judges a model on its own adversarial examples, on another model's, or without attack. */
export async function attackJob(bench: Workbench, id: string, config: AttackConfig): Promise<Save> {
  const started = performance.now()
  const outcomes = await outcomesOf(bench, id, config)
  if (!outcomes) return nothingToSave
  const correct = outcomes.filter(({ cleanPrediction, label }) => cleanPrediction === label)
  const evaluation = {
    id,
    model_id: config.model,
    crafted_on: config.craftedOn,
    attack: config.attack?.name ?? 'none',
    norm: config.attack?.norm ?? 'linf',
    epsilon: config.epsilon,
    attack_config: canonicalJson(config.attack ?? { name: 'none' }),
    seed: config.seed,
    n: outcomes.length,
    clean_correct: correct.length,
    robust_correct: correct.filter(({ success }) => !success).length,
    queries_mean: outcomes.reduce((sum, { queries }) => sum + queries, 0) / outcomes.length,
    seconds: (performance.now() - started) / 1000,
    environment_id: bench.environmentId,
    created_at: new Date().toISOString(),
  }
  const parts = (config.attack && createAttack(config.attack, config.epsilon).parts) ?? []
  const rows = outcomes.map(outcome => exampleRow(outcome, parts))
  return transaction => saveEvaluation(transaction, evaluation, rows)
}

/** Undefined where a model has no weights. */
async function outcomesOf(
  bench: Workbench,
  id: string,
  config: AttackConfig,
): Promise<Outcome[] | undefined> {
  const own = await bench.victim(config.model)
  const source = await bench.victim(config.craftedOn)
  if (!own || !source) return undefined
  const dataset = await bench.dataset(own.data)
  if (dataset.kind === 'images') {
    const { test } = dataset
    const crafted = config.attack
      ? await examplesFor(bench, id, config, own, test)
      : unchanged(test, config.examples)
    return judge(own.victim, test, crafted)
  }
  const model = await bench.model(config.model)
  return judgeClean(await bench.task(own.data), model!, config.examples)
}

async function examplesFor(
  bench: Workbench,
  id: string,
  config: AttackConfig,
  { victim }: LoadedVictim,
  test: ImageSplit,
): Promise<CraftedSet> {
  const { attack, epsilon, examples, seed, craftedBy, craftedOn } = config
  if (craftedBy) return readExamples(bench.results.examples(craftedBy))
  const made = createAttack(attack!, epsilon)
  const file = bench.results.examples(id)
  const keeper = await partialExamples(`${file}.part`, victim.inputShape)
  const crafted = await craft(made, victim, test, examples, seed, bench.onProgress, keeper)
  await writeExamples(file, crafted, craftedOn, victim.inputShape)
  await keeper.remove()
  return crafted
}

function exampleRow(outcome: Outcome, parts: readonly string[]): NewExample {
  return {
    example: outcome.example,
    label: outcome.label,
    clean_prediction: outcome.cleanPrediction,
    adversarial_prediction: outcome.adversarialPrediction,
    success: outcome.success ? 1 : 0,
    linf: outcome.linf,
    l2: outcome.l2,
    queries: outcome.queries,
    l1: outcome.l1,
    component: outcome.success ? (parts[outcome.brokenBy - 1] ?? null) : null,
  }
}
