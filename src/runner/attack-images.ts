import { attackBy } from '../../attacks/approach.ts'
import type { Attack } from '../../attacks/attack.ts'
import type { ImageDataset } from '../data/dataset.ts'
import {
  type CraftedSet,
  craft,
  judge,
  type Outcome,
  unchanged,
} from '../evaluation/attack-model.ts'
import { convergencePoints } from '../evaluation/convergence.ts'
import { knowKept } from '../own-attacks/kept-attacks.ts'
import { isImageAttack } from '../plans/any-attack.ts'
import type { AttackConfig } from '../plans/job-config.ts'
import type { NewExample } from '../store/results.ts'
import type { AttackedExamples } from './attacked-examples.ts'
import { partialExamples, readExamples, writeExamples } from './example-files.ts'
import { judgeNoisy, onNoise } from './noisy-images.ts'
import type { LoadedVictim, Workbench } from './workbench.ts'

/** Judges a model on images: its own adversarial examples, another model's, or the clean ones. */
export async function attackImages(
  bench: Workbench,
  id: string,
  config: AttackConfig,
  own: LoadedVictim,
  { test }: ImageDataset,
): Promise<AttackedExamples> {
  const { attack, epsilon } = config
  if (!attack) {
    const rows = judged(own, test, config, undefined).map(row => exampleRow(row))
    return { rows, convergence: [] }
  }
  if (!isImageAttack(attack)) throw new Error(`no attack on images: ${attack.name}`)
  await knowKept(bench.results, attack)
  const made = attackBy(attack, epsilon, config)
  const crafted = await craftedSet(bench, id, config, made, own, test)
  const outcomes = judged(own, test, config, crafted)
  return {
    rows: outcomes.map(outcome => exampleRow(outcome, made.parts)),
    convergence: convergencePoints(crafted.recorded ?? [], made.parts ?? [made.name], outcomes),
  }
}

/** What becomes of the examples, or of the clean ones where none were crafted. */
function judged(
  own: LoadedVictim,
  test: ImageDataset['test'],
  config: AttackConfig,
  crafted: CraftedSet | undefined,
): Outcome[] {
  const { inference, examples } = config
  if (inference) return judgeNoisy(own, test, { ...config, inference }, crafted)
  return judge(own.victim, test, crafted ?? unchanged(test, examples))
}

async function craftedSet(
  bench: Workbench,
  id: string,
  config: AttackConfig,
  attack: Attack,
  own: LoadedVictim,
  test: ImageDataset['test'],
): Promise<CraftedSet> {
  const { examples, seed, craftedBy, craftedOn, inference } = config
  const { victim } = own
  if (craftedBy) return readExamples(bench.results.examples(craftedBy))
  const file = bench.results.examples(id)
  const keeper = await partialExamples(`${file}.part`, victim.inputShape)
  const aimed = inference ? onNoise(attack, own, { seed, inference }) : attack
  const crafted = await craft(aimed, victim, test, examples, seed, bench.onProgress, keeper)
  await writeExamples(file, crafted, craftedOn, victim.inputShape)
  await keeper.remove()
  return crafted
}

function exampleRow(outcome: Outcome, parts: readonly string[] = []): NewExample {
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
