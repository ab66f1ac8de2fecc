import { readFile } from 'node:fs/promises'
import { createAttack } from '../../attacks/create-attack.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { messageOf, WorkError } from '../errors.ts'
import {
  type CraftedSet,
  craft,
  judge,
  judgeClean,
  type Outcome,
} from '../evaluation/attack-model.ts'
import type { AttackConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { type NewExample, saveEvaluation } from '../store/results.ts'
import { decodeSafetensors, encodeSafetensors } from '../training/safetensors.ts'
import { writeAtomically } from '../training/write-atomically.ts'
import { nothingToSave, type Save } from './execute-job.ts'
import type { LoadedModel, Workbench } from './workbench.ts'

/** Judges a model on its own adversarial examples, on another model's, or without attack. */
export async function attackJob(bench: Workbench, id: string, config: AttackConfig): Promise<Save> {
  const started = performance.now()
  const model = await bench.model(config.model)
  const source = await bench.model(config.craftedOn)
  if (!model || !source) return nothingToSave
  const dataset = await bench.dataset(model.config.data)
  const outcomes =
    config.attack === null || dataset.kind !== 'images'
      ? judgeClean(await bench.task(model.config.data), model, config.examples)
      : await judgeAttacked(bench, id, config, model, dataset)
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
  return transaction => saveEvaluation(transaction, evaluation, outcomes.map(exampleRow))
}

async function judgeAttacked(
  bench: Workbench,
  id: string,
  config: AttackConfig,
  model: LoadedModel,
  dataset: ImageDataset,
): Promise<Outcome[]> {
  const crafted = await examplesFor(bench, id, config, model, dataset)
  return judge(model.network, model.parameters, dataset.test, crafted)
}

async function examplesFor(
  bench: Workbench,
  id: string,
  config: AttackConfig,
  model: LoadedModel,
  { test }: ImageDataset,
): Promise<CraftedSet> {
  const { attack, epsilon, examples, seed, craftedBy } = config
  if (craftedBy) return readExamples(bench.results.examples(craftedBy))
  const { network, parameters } = model
  const crafted = await craft(
    createAttack(attack!, epsilon),
    network,
    parameters,
    test,
    examples,
    seed,
    bench.onProgress,
  )
  await writeExamples(bench.results.examples(id), crafted, model)
  return crafted
}

async function writeExamples(file: string, crafted: CraftedSet, model: LoadedModel): Promise<void> {
  const { adversarial, linf, l2, queries } = crafted
  const shape = [queries.length]
  const bytes = encodeSafetensors({
    metadata: { format: 'gauntlet-examples-1', crafted_on: model.id },
    tensors: {
      adversarial: { shape: [...shape, ...model.network.inputShape], values: adversarial },
      linf: { shape, values: linf },
      l2: { shape, values: l2 },
      queries: { shape, values: queries },
    },
  })
  await writeAtomically(file, bytes)
}

async function readExamples(file: string): Promise<CraftedSet> {
  const bytes = await readFile(file).catch(error => {
    throw new WorkError(`cannot read adversarial examples: ${file}: ${messageOf(error)}`)
  })
  const { tensors } = decodeSafetensors(bytes, file)
  const values = (name: string) => {
    const tensor = tensors[name]?.values
    if (tensor instanceof Float32Array) return tensor
    throw new WorkError(`invalid adversarial examples: ${file}: tensor ${name} is missing`)
  }
  return {
    adversarial: values('adversarial'),
    linf: values('linf'),
    l2: values('l2'),
    queries: values('queries'),
  }
}

function exampleRow(outcome: Outcome): NewExample {
  return {
    example: outcome.example,
    label: outcome.label,
    clean_prediction: outcome.cleanPrediction,
    adversarial_prediction: outcome.adversarialPrediction,
    success: outcome.success ? 1 : 0,
    linf: outcome.linf,
    l2: outcome.l2,
    queries: outcome.queries,
  }
}
