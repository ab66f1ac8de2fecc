import { storedAttack } from '../../attacks/approach.ts'
import { storedSchema } from '../../attacks/create-attack.ts'
import type { Victim } from '../../attacks/victim.ts'
import { surrogateNames } from '../engine/spiking.ts'
import type { Outcome } from '../evaluation/attack-model.ts'
import type {
  CheckEvaluation,
  MatchedModel,
  Subject,
  TrainingKnown,
} from '../evaluation/checks/check.ts'
import { predicates } from '../evaluation/checks/predicates.ts'
import { runChecks } from '../evaluation/checks/run-checks.ts'
import { networkVictim } from '../evaluation/network-victim.ts'
import { knowKept } from '../own-attacks/kept-attacks.ts'
import type { CheckConfig } from '../plans/job-config.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import {
  type KnownModel,
  knownModels,
  type StoredEvaluation,
  storedEvaluations,
  survivingShare,
} from '../store/queries/check-evaluations.ts'
import { type NewFinding, saveVerdict } from '../store/results.ts'
import { readExamples } from './example-files.ts'
import { nothingToSave, type Save } from './execute-job.ts'
import type { LoadedVictim, Workbench } from './workbench.ts'

/** Looks at a model and its evaluations and says whether its robustness is real. */
export async function checkJob(bench: Workbench, id: string, config: CheckConfig): Promise<Save> {
  const started = performance.now()
  const own = await bench.victim(config.model)
  if (!own) return nothingToSave
  const subject = await subjectOf(bench, config, own)
  const { findings, verdict } = await runChecks(subject, config.settings, bench.onProgress)
  const row = {
    id,
    model_id: config.model,
    norm: config.norm,
    epsilon: config.epsilon,
    n: config.examples,
    seed: config.seed,
    settings_config: canonicalJson(config.settings),
    verdict: verdict.verdict,
    reasons: canonicalJson(verdict.reasons),
    seconds: (performance.now() - started) / 1000,
    environment_id: bench.environmentId,
    created_at: new Date().toISOString(),
  }
  const rows = findings.map(({ check, evaluations, ...finding }): NewFinding => {
    const { number, meaning } = predicates.find(({ name }) => name === check)!
    return { ...finding, number, name: check, meaning, evaluations: canonicalJson(evaluations) }
  })
  return transaction => saveVerdict(transaction, row, rows)
}

async function subjectOf(
  bench: Workbench,
  config: CheckConfig,
  { data, victim }: LoadedVictim,
): Promise<Subject> {
  const { store } = bench
  const dataset = await bench.dataset(data)
  if (dataset.kind !== 'images') throw new Error(`no checks of models on ${dataset.kind}`)
  const surrogates = await surrogatesOf(bench, config.model)
  const matchedIds = config.matched.map(({ model }) => model)
  const known = await knownModels(store, [config.model, ...matchedIds])
  const model = known.find(one => one.id === config.model)!
  const trainingOf = (one: KnownModel) => trainingKnown(one, surrogates !== undefined)
  const headline = await survivingShare(store, config.headline, config.examples)
  return {
    victim,
    split: dataset.test,
    norm: config.norm,
    epsilon: config.epsilon,
    examples: config.examples,
    seed: config.seed,
    evaluations: await evaluationsOf(bench, config, [...config.evaluations, ...config.headline]),
    ...(surrogates && { surrogates }),
    training: model.arm === 'imported' ? null : trainingOf(model),
    matched: await matchedModels(bench, config, known, trainingOf),
    provenance: { code: model.commit_hash, model: model.weights_sha256, dataset: model.sha256 },
    ...(headline !== undefined && {
      headline: { robustAccuracy: headline, evaluations: config.headline },
    }),
  }
}

/** A spiking network through every derivative that may stand for that of a spike. */
async function surrogatesOf(
  bench: Workbench,
  id: string,
): Promise<Record<string, Victim> | undefined> {
  const { kind } = await bench.origin(id)
  if (kind !== 'train') return undefined
  const { network, parameters } = (await bench.model(id))!
  const { withSurrogate } = network
  if (!withSurrogate) return undefined
  const useful = surrogateNames.filter(name => name !== 'heaviside')
  return Object.fromEntries(
    useful.map(name => [name, networkVictim(withSurrogate(name), parameters)]),
  )
}

async function matchedModels(
  { store, results }: Workbench,
  config: CheckConfig,
  known: readonly KnownModel[],
  trainingOf: (model: KnownModel) => TrainingKnown,
): Promise<MatchedModel[]> {
  const trained = known.filter(({ state }) => state === 'trained')
  const matched: MatchedModel[] = []
  for (const { model, evaluations } of config.matched) {
    const row = trained.find(({ id }) => id === model)
    if (!row) continue
    matched.push({
      ...trainingOf(row),
      model,
      cleanAccuracy: row.clean_accuracy!,
      evaluations: await evaluationsOf({ store, results }, config, evaluations),
    })
  }
  return matched
}

function trainingKnown(model: KnownModel, hasSpikes: boolean): TrainingKnown {
  const { arm, architecture, seed, epochs } = model
  return {
    arm,
    architecture,
    seed,
    epochs: epochs ?? 0,
    noiseAtTraining: !arm.startsWith('bp') || arm === 'bp-noise',
    hasSpikes,
  }
}

/** The evaluations on the checked examples, of white-box attacks with what they crafted. */
async function evaluationsOf(
  { store, results }: Pick<Workbench, 'store' | 'results'>,
  { examples }: CheckConfig,
  ids: readonly string[],
): Promise<CheckEvaluation[]> {
  const stored = await storedEvaluations(store, [...new Set(ids)])
  return Promise.all(
    stored.map(async evaluation => {
      const { id, modelId, attack, attackConfig, epsilon, seed, craftedOn } = evaluation
      const whiteBox = craftedOn.model === modelId
      const kept = whiteBox && attack !== 'none'
      const { options } = storedAttack(JSON.parse(attackConfig))
      await knowKept(results, options)
      return {
        id,
        attack: attack === 'none' ? null : storedSchema(options).parse(options),
        epsilon,
        seed,
        craftedOn: whiteBox ? null : craftedOn,
        outcomes: evaluation.examples.slice(0, examples).map(outcomeOf),
        ...(kept && { adversarial: await firstAdversarial(results.examples(id), examples) }),
      }
    }),
  )
}

async function firstAdversarial(file: string, examples: number): Promise<Float32Array> {
  const { adversarial, queries } = await readExamples(file)
  return adversarial.subarray(0, (adversarial.length / queries.length) * examples)
}

/** Which part broke it is not asked here. */
function outcomeOf(row: StoredEvaluation['examples'][number]): Outcome {
  return {
    example: row.example,
    label: row.label,
    cleanPrediction: row.clean_prediction,
    adversarialPrediction: row.adversarial_prediction,
    success: row.success === 1,
    linf: row.linf ?? 0,
    l2: row.l2 ?? 0,
    l1: row.l1 ?? 0,
    queries: row.queries,
    brokenBy: 0,
  }
}
