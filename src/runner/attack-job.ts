import { readFile } from 'node:fs/promises'
import { createAttack } from '../../attacks/create-attack.ts'
import type { ImageSplit } from '../data/dataset.ts'
import { messageOf, WorkError } from '../errors.ts'
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
import { decodeSafetensors, encodeSafetensors } from '../training/safetensors.ts'
import { writeAtomically } from '../training/write-atomically.ts'
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
  return transaction => saveEvaluation(transaction, evaluation, outcomes.map(exampleRow))
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
  const crafted = await craft(made, victim, test, examples, seed, bench.onProgress)
  await writeExamples(bench.results.examples(id), crafted, craftedOn, victim.inputShape)
  return crafted
}

async function writeExamples(
  file: string,
  crafted: CraftedSet,
  craftedOn: string,
  inputShape: readonly number[],
): Promise<void> {
  const { adversarial, linf, l2, queries } = crafted
  const shape = [queries.length]
  const bytes = encodeSafetensors({
    metadata: { format: 'gauntlet-examples-1', crafted_on: craftedOn },
    tensors: {
      adversarial: { shape: [...shape, ...inputShape], values: adversarial },
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
