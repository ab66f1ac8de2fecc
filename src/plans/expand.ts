import { buildNetwork } from '../../models/architecture.ts'
import type { Network } from '../../models/network.ts'
import { type Dataset, splitSizes } from '../data/dataset.ts'
import type { EngineName } from '../engine/engine.ts'
import { UsageError } from '../errors.ts'
import type { NewJob } from '../store/jobs.ts'
import { requireNoAugmentation } from '../tasks/examples.ts'
import { taskOf } from '../tasks/task.ts'
import { requireSites } from '../training/estimators/create-estimator.ts'
import { type AnyAttackOptions, attacksOn, normOf } from './any-attack.ts'
import { architectureTitle } from './architecture-title.ts'
import { craftingCost, judgingCost, poisoningCost } from './attack-cost.ts'
import { probeCost, trainingCost } from './cost.ts'
import { identifierOf } from './identifier.ts'
import type { AttackConfig, DataConfig, ProbeConfig, TrainConfig } from './job-config.ts'
import type { Plan } from './plan.ts'
import { hasSameInputs, transfers } from './transfer.ts'

/** A training job with what its attacks and probes need to know. */
interface ModelJob {
  readonly id: string
  readonly config: TrainConfig
  readonly network: Network
  readonly title: string
  readonly dataset: Dataset
  /** Expected seconds of its training. */
  readonly cost: number
}

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
        return { id, config, network, title, dataset, cost }
      }),
    )
  })
  if (plan.examples > 0) for (const model of models) addEvaluations(plan, model, models, add)
  for (const model of models) addProbes(plan, model, add)
  return longestFirst([...jobs.values()])
}

type Add = (
  kind: NewJob['kind'],
  config: object,
  rest: Omit<NewJob, 'id' | 'kind' | 'config'>,
) => string

/**
 * The clean evaluation, the white-box attacks, a model trained on their graphs where a plan asks for
 * it, and other models' judgement of their examples.
 */
function addEvaluations(plan: Plan, model: ModelJob, models: readonly ModelJob[], add: Add): void {
  const clean: AttackConfig = {
    version: 2,
    model: model.id,
    craftedOn: model.id,
    craftedBy: null,
    attack: null,
    epsilon: 0,
    examples: atMost(plan.examples, model, 'test'),
    seed: plan.attackSeed,
  }
  const judgeCost = judgingCost(model.network, model.dataset, clean.examples)
  add('attack', clean, { title: `clean ${model.title}`, cost: judgeCost, needs: [model.id] })
  for (const { attack, epsilons, settings, examples: most = plan.examples } of plan.attacks) {
    if (attacksOn(attack) !== model.dataset.kind) continue
    const examples = Math.min(most, clean.examples)
    for (const epsilon of epsilons) {
      const config: AttackConfig = { ...clean, attack, epsilon, examples }
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

/** e.g. `pgd linf 0.1` */
export function attackTitle(attack: AnyAttackOptions, epsilon: number): string {
  return `${attack.name} ${normOf(attack)} ${epsilon}`
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
