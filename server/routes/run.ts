import type { RequestHandler } from 'express'
import { z } from 'zod'
import { certifiedAccuracies, corruptionAccuracies } from '../../src/store/queries/natural.ts'
import { probes } from '../../src/store/queries/probes.ts'
import {
  learningCurve,
  partners,
  run as readRun,
  runChanges,
  runEvaluations,
} from '../../src/store/queries/run.ts'
import { listedRun } from '../../src/store/queries/runs.ts'
import { runVerdicts } from '../../src/store/queries/verdicts.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { toCertified, toCorruption } from '../natural.ts'
import { toProbe } from '../probe.ts'
import { HttpProblem, parsed } from '../problem.ts'
import { toRun } from '../run-row.ts'
import { normSchema } from '../schemas/primitives.ts'
import {
  type LearningPoint,
  type RunDetail,
  type RunEvaluation,
  type RunVerdict,
  runParamsSchema,
} from '../schemas/runs.ts'

/** What stands in place of an arm where nothing was trained. */
const untrained = new Set(['imported', 'ensemble'])

/** `GET /runs/:id`: everything known about one training run. */
export function run(store: Store): RequestHandler {
  return async (request, response) => {
    const { id } = parsed(runParamsSchema, request.params)
    parsed(z.strictObject({}), request.query)
    const model = await readRun(store, id)
    if (!model)
      throw new HttpProblem(404, `unknown run: ${id}`, [{ field: 'id', message: 'unknown run' }])
    const listed = await listedRun(store, id)
    sendJson(response, {
      run: toRun(listed),
      parameters: model.parameters,
      pairId: model.pair_id,
      checkpointSha256: model.checkpoint_sha256,
      weightsSha256: model.weights_sha256,
      configuration: {
        architecture: JSON.parse(model.architecture_config),
        estimator: JSON.parse(model.estimator_config),
        training: JSON.parse(model.training_config),
      },
      dataset: datasetOf(model),
      environment: environmentOf(model),
      curve: (await learningCurve(store, id)).map(toPoint),
      evaluations: await evaluationsOf(store, model),
      verdicts: (await runVerdicts(store, id)).map(toVerdict),
      corruptions: (await corruptionAccuracies(store, { model: id })).map(toCorruption),
      certified: (await certifiedAccuracies(store, { model: id })).map(toCertified),
      probes: (await probes(store, [id])).map(toProbe),
      pair: (await partners(store, model.pair_id, id)).map(({ clean_accuracy, ...partner }) => ({
        ...partner,
        cleanAccuracy: clean_accuracy,
      })),
      reproduce: untrained.has(model.arm) ? null : `npx gauntlet reproduce ${id}`,
    } satisfies RunDetail)
  }
}

type Row = NonNullable<Awaited<ReturnType<typeof readRun>>>

/** The data set of a run as the API shows it. */
export function datasetOf(row: Row): RunDetail['dataset'] {
  return {
    id: row.dataset_id,
    name: row.dataset,
    trainCount: row.train_count,
    testCount: row.test_count,
    shape: JSON.parse(row.shape),
    classes: JSON.parse(row.classes),
    licence: row.licence,
    sha256: row.sha256,
  }
}

/** Where a run was made, as the API shows it. */
export function environmentOf(row: Row): RunDetail['environment'] {
  return {
    id: row.environment_id,
    engine: row.engine,
    versions: JSON.parse(row.versions),
    threads: row.threads,
    device: row.device,
    settings: JSON.parse(row.settings),
    nodeVersion: row.node_version,
    gauntletVersion: row.gauntlet_version,
    commit: row.commit_hash,
  }
}

/** A point of a learning curve as the API shows it. */
export function toPoint(row: Awaited<ReturnType<typeof learningCurve>>[number]): LearningPoint {
  return {
    updates: row.updates,
    epoch: row.epoch,
    forwards: row.forwards,
    seconds: row.seconds,
    trainLoss: row.train_loss,
    testAccuracy: row.test_accuracy,
    learningRate: row.learning_rate,
    gradientNorm: row.gradient_norm,
  }
}

/** Of images no words, edges or entries are counted: their examples are many and not looked at. */
async function evaluationsOf(store: Store, { id, shape }: Row): Promise<RunEvaluation[]> {
  const isImage = (JSON.parse(shape) as readonly number[]).length === 3
  const changes = isImage ? [] : await runChanges(store, id)
  const byId = new Map(changes.map(({ evaluation_id, ...own }) => [evaluation_id, own]))
  return (await runEvaluations(store, id)).map(row => toEvaluation(row, byId.get(row.id)))
}

const unchanged = { changedWordRate: null, changedEdges: null, changedEntries: null }

function toEvaluation(
  row: Awaited<ReturnType<typeof runEvaluations>>[number],
  changes: Pick<RunEvaluation, keyof typeof unchanged> = unchanged,
): RunEvaluation {
  return {
    id: row.id,
    attack: row.attack,
    norm: row.norm,
    epsilon: row.epsilon,
    attackConfig: JSON.parse(row.attack_config),
    seed: row.seed,
    craftedOn: {
      id: row.crafted_on,
      arm: row.source_arm,
      architecture: row.source_architecture,
      seed: row.source_seed,
      self: row.crafted_on === row.model_id,
    },
    n: row.n,
    cleanCorrect: row.clean_correct,
    robustCorrect: row.robust_correct,
    robustAccuracy: row.robust_accuracy,
    low: row.robust_accuracy_low,
    high: row.robust_accuracy_high,
    setting: row.setting,
    ...changes,
    queriesMean: row.queries_mean,
    seconds: row.seconds,
    createdAt: row.created_at,
    purpose: row.purpose,
    inference: row.inference === null ? null : JSON.parse(row.inference),
  }
}

function toVerdict(row: Awaited<ReturnType<typeof runVerdicts>>[number]): RunVerdict {
  return {
    id: row.id,
    norm: normSchema.parse(row.norm),
    epsilon: row.epsilon,
    n: row.n,
    verdict: row.verdict,
    reasons: JSON.parse(row.reasons),
    seconds: row.seconds,
    createdAt: row.created_at,
    findings: row.findings.map(finding => ({
      number: finding.number,
      name: finding.name,
      part: finding.part,
      meaning: finding.meaning,
      verdict: finding.verdict,
      value: finding.value,
      threshold: finding.threshold,
      detail: finding.detail,
      evaluations: JSON.parse(finding.evaluations),
    })),
  }
}
