import { buildNetwork } from '../../models/architecture.ts'
import { type Dataset, splitSizes } from '../data/dataset.ts'
import type { EngineName } from '../engine/engine.ts'
import { UsageError } from '../errors.ts'
import type { NewJob } from '../store/jobs.ts'
import { requireNoAugmentation } from '../tasks/examples.ts'
import { taskOf } from '../tasks/task.ts'
import { requireSites } from '../training/estimators/create-estimator.ts'
import { attacksOn, isImageAttack, normOf } from './any-attack.ts'
import { architectureTitle } from './architecture-title.ts'
import { craftingCost, judgingCost, poisoningCost } from './attack-cost.ts'
import { attackTitle } from './attack-title.ts'
import { type CheckedModel, checkJobs } from './check-jobs.ts'
import { attackCost, probeCost, trainingCost } from './cost.ts'
import { addEnsembles } from './expand-ensembles.ts'
import { addRandomised } from './expand-inference.ts'
import { identifierOf } from './identifier.ts'
import type { AttackConfig, DataConfig, ProbeConfig, TrainConfig } from './job-config.ts'
import { type Add, approachTo, cleanConfig, type ModelJob } from './model-job.ts'
import { naturalJobs } from './natural-jobs.ts'
import type { Plan } from './plan.ts'
import { hasSameInputs, transfers } from './transfer.ts'

/**
 * All jobs of a plan, each once, in an order in which every job follows those it needs.
 *
 * @param datasets the loaded data set of each of the plan's groups
 * @throws UsageError where a group cannot be built, or has fewer examples than the plan attacks
 */
export function expandPlan(plan: Plan, datasets: readonly Dataset[], engine: EngineName): NewJob[] {
  const jobs = new Map<string, NewJob>()
  const add = (
    kind: NewJob['kind'],
    config: object,
    rest: Omit<NewJob, 'id' | 'kind' | 'config'>,
  ) => {
    const id = identifierOf({ kind, config })
    jobs.set(id, { id, kind, config: config as Record<string, unknown>, ...rest })
    return id
  }
  const natural: NewJob[] = []
  const models = plan.models.flatMap((group, at) => {
    const dataset = datasets[at]!
    requireExamples(plan, dataset)
    if (dataset.kind !== 'images') requireNoAugmentation(dataset, group.training.augmentation)
    const task = taskOf(dataset)
    const network = buildNetwork(group.architecture, task.input)
    return group.seeds.flatMap(seed =>
      group.arms.map((estimator): ModelJob => {
        requireSites(estimator, network)
        const config = trainConfig(group, dataset, estimator, seed, engine)
        const title = `${dataset.name} ${architectureTitle(group, plan)} ${estimator.name} seed ${seed}`
        const cost = trainingCost(network, estimator, group.training, task)
        const id = add('train', config, { title: `train ${title}`, cost, needs: [] })
        if (dataset.kind === 'images') {
          natural.push(...naturalJobs(plan, { id, title, network }, dataset))
        }
        return { id, config, network, title, group: at, dataset, cost }
      }),
    )
  })
  if (plan.examples > 0) {
    for (const model of models) addEvaluations(plan, model, models, add)
    addRandomised(plan, models, add)
    addEnsembles(plan, models, add)
  }
  const known = new Set(jobs.keys())
  for (const model of models) {
    for (const job of modelChecks(plan, model, models, known)) jobs.set(job.id, job)
  }
  for (const model of models) addProbes(plan, model, add)
  for (const job of natural) jobs.set(job.id, job)
  return longestFirst([...jobs.values()])
}

/** A white-box evaluation of a model as it is, as the plan has it. */
function attackConfig(
  plan: Plan,
  model: ModelJob,
  { attack, surrogates, examples = plan.examples }: Plan['attacks'][number],
  epsilon: number,
): AttackConfig {
  const { architecture } = model.config
  return {
    ...cleanConfig(plan, model.id, atMost(Math.min(examples, plan.examples), model, 'test')),
    attack,
    epsilon,
    ...(isImageAttack(attack) && approachTo(architecture, attack, surrogates)),
  }
}

/**
 * The clean evaluation, the white-box attacks, a model trained on their graphs where a plan asks for
 * it, and other models' judgement of their examples.
 */
function addEvaluations(plan: Plan, model: ModelJob, models: readonly ModelJob[], add: Add): void {
  const clean = cleanConfig(plan, model.id, atMost(plan.examples, model, 'test'))
  const judgeCost = judgingCost(model.network, model.dataset, clean.examples)
  add('attack', clean, { title: `clean ${model.title}`, cost: judgeCost, needs: [model.id] })
  for (const entry of plan.attacks) {
    const { attack, settings } = entry
    if (attacksOn(attack) !== model.dataset.kind || entry.inference) continue
    for (const epsilon of entry.epsilons) {
      const config = attackConfig(plan, model, entry, epsilon)
      const name = attackTitle(attack, epsilon)
      const cost = craftingCost(model.network, model.dataset, config)
      const id = add('attack', config, { title: `${name} ${model.title}`, cost, needs: [model.id] })
      if (settings?.includes('poisoning')) {
        const poisoned: AttackConfig = { ...config, craftedBy: id, setting: 'poisoning' }
        const title = `${name} poisoning ${model.title}`
        const cost = poisoningCost(poisoned, model.cost)
        add('attack', poisoned, { title, cost, needs: [id, model.id] })
      }
      if (!transfers(attack)) continue
      for (const other of transferTargets(plan, model, models)) {
        const transfer: AttackConfig = { ...config, model: other.id, craftedBy: id }
        const title = `${name} ${model.title} → ${other.config.architecture.name} ${other.config.estimator.name}`
        add('attack', transfer, { title, cost: judgeCost, needs: [id, other.id] })
      }
    }
  }
}

/** The jobs that say whether a model's robustness is real. */
function modelChecks(
  plan: Plan,
  model: ModelJob,
  models: readonly ModelJob[],
  known: ReadonlySet<string>,
): NewJob[] {
  if (!plan.checks || model.dataset.kind !== 'images') return []
  const alike = models.filter(({ id, group }) => group === model.group && id !== model.id)
  const sources = models.filter(
    ({ id, config }) =>
      id !== model.id &&
      config.data.sha256 === model.config.data.sha256 &&
      config.seed === model.config.seed,
  )
  return checkJobs(
    checkedModel(model),
    {
      sources: sources.map(checkedModel),
      matched: alike.map(checkedModel),
      known: id => known.has(id),
      headline: (norm, epsilon) => headlineOf(plan, model, norm, epsilon),
    },
    plan.checks,
  )
}

function checkedModel({ id, title, network }: ModelJob): CheckedModel {
  return {
    id,
    title,
    inputShape: network.inputShape,
    capabilities: ['lossGradient'],
    cost: (attack, examples) => attackCost(network, attack, examples),
    needs: [id],
  }
}

/** The plan's own white-box attacks on a model in this ball. */
function headlineOf(plan: Plan, model: ModelJob, norm: string, epsilon: number): string[] {
  if (plan.examples === 0) return []
  return plan.attacks
    .filter(({ attack, epsilons }) => isImageAttack(attack) && epsilons.includes(epsilon))
    .filter(({ attack, inference }) => normOf(attack) === norm && !inference)
    .map(entry =>
      identifierOf({ kind: 'attack', config: attackConfig(plan, model, entry, epsilon) }),
    )
}

function addProbes({ probe }: Plan, model: ModelJob, add: Add): void {
  for (const estimator of probe?.estimators ?? []) {
    const { repeats, seed, reference, steps } = probe!
    const batch = atMost(probe!.batch, model, 'train')
    requireSites(estimator, model.network)
    const config: ProbeConfig = {
      ...{ version: 1, model: model.id, estimator, batch, repeats, seed },
      ...(reference && { reference }),
      ...(steps && estimator.name === 'lr-logit' && { steps }),
    }
    const noise = `K ${[estimator.copies].flat().join(',')} σ ${[estimator.sigma].flat().join(',')}`
    add('probe', config, {
      title: `probe ${estimator.name} ${noise} ${model.title}`,
      cost: probeCost(model.network, estimator, batch, repeats, reference?.copies),
      needs: [model.id],
    })
  }
}

function trainConfig(
  { data, architecture, training }: Plan['models'][number],
  dataset: Dataset,
  estimator: TrainConfig['estimator'],
  seed: number,
  engine: EngineName,
): TrainConfig {
  return {
    version: 2,
    engine,
    data: dataConfig(dataset, data),
    architecture,
    estimator,
    training,
    seed,
  }
}

/** A data set as it was asked for and found. */
export function dataConfig(
  dataset: Dataset,
  { seed, encoding }: Pick<Plan['models'][number]['data'], 'seed' | 'encoding'>,
): DataConfig {
  return {
    name: dataset.name,
    ...splitSizes(dataset),
    seed,
    ...(encoding && { encoding }),
    sha256: dataset.sha256,
  }
}

/** The models that are judged on what was crafted on this one. */
function transferTargets(plan: Plan, source: ModelJob, models: readonly ModelJob[]): ModelJob[] {
  if (plan.transfer === 'none') return []
  return models.filter(
    ({ id, config }) =>
      id !== source.id &&
      hasSameInputs(source.dataset.kind, config.data, source.config.data) &&
      (plan.transfer === 'all' || config.seed === source.config.seed),
  )
}

/** A number of examples; of a graph, whose split is its own, no more than there are. */
function atMost(wanted: number, { dataset, config }: ModelJob, split: 'train' | 'test'): number {
  return dataset.kind === 'graph' ? Math.min(wanted, config.data[split]) : wanted
}

function requireExamples(plan: Plan, dataset: Dataset): void {
  if (dataset.kind === 'graph') return
  const sizes = splitSizes(dataset)
  const checks = [
    ['examples', plan.examples, sizes.test, 'test'],
    ['probe.batch', plan.probe?.batch ?? 1, sizes.train, 'training'],
  ] as const
  for (const [field, wanted, available, split] of checks) {
    if (wanted > available) {
      throw new UsageError(
        `invalid plan: ${field} is ${wanted}, but ${dataset.name} is used with ${available} ${split} examples`,
      )
    }
  }
}

/** Training first, the longest first, so that workers end together; then the rest as it stands. */
function longestFirst(jobs: readonly NewJob[]): NewJob[] {
  const training = jobs.filter(job => job.kind === 'train').sort((a, b) => b.cost - a.cost)
  return [...training, ...jobs.filter(job => job.kind !== 'train')]
}
