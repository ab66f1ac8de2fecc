import { queriesOf } from '../../attacks/approach.ts'
import { buildNetwork } from '../../models/architecture.ts'
import { type AnyAttackOptions, isImageAttack } from '../plans/any-attack.ts'
import { craftingCost, poisoningCost } from '../plans/attack-cost.ts'
import { trainingCost } from '../plans/cost.ts'
import type { AttackConfig, TrainConfig } from '../plans/job-config.ts'
import { loadConfiguredData } from '../runner/configured-data.ts'
import type { TrainedModel } from '../store/queries/trained-model.ts'
import { taskOf } from '../tasks/task.ts'

/** Expected seconds of an attack job on one model. */
export type AttackCost = (config: AttackConfig) => number

/** A rough second for so many model calls on one image. */
const callsPerSecond = 5000

/** What jobs of these attacks on this model are expected to take. */
export async function attackCostFor(
  model: TrainedModel,
  attacks: readonly AnyAttackOptions[],
  dataFolder: string | undefined,
): Promise<AttackCost> {
  if (attacks.every(isImageAttack)) {
    return config => {
      const { attack, examples } = config
      const queries = attack && isImageAttack(attack) ? queriesOf(attack, config) : 1
      return (examples * queries) / callsPerSecond
    }
  }
  const { data, architecture, estimator, training }: TrainConfig = JSON.parse(model.config)
  const dataset = await loadConfiguredData(data, dataFolder)
  const task = taskOf(dataset)
  const network = buildNetwork(architecture, task.input)
  return config =>
    config.setting === 'poisoning'
      ? poisoningCost(config, trainingCost(network, estimator, training, task))
      : craftingCost(network, dataset, config)
}
