import { type Approach, attackSurrogates, followsGradients } from '../../attacks/approach.ts'
import type { AttackOptions } from '../../attacks/create-attack.ts'
import { type Architecture, isSpiking } from '../../models/architecture.ts'
import type { Network } from '../../models/network.ts'
import type { Dataset } from '../data/dataset.ts'
import type { NewJob } from '../store/jobs.ts'
import type { AttackConfig, TrainConfig } from './job-config.ts'
import type { Plan } from './plan.ts'

/** A training job with what its attacks and probes need to know. */
export interface ModelJob {
  readonly id: string
  readonly config: TrainConfig
  readonly network: Network
  readonly title: string
  /** Place of its group in the plan: models of one group were trained alike. */
  readonly group: number
  readonly dataset: Dataset
  /** Expected seconds of its training. */
  readonly cost: number
}

/** Puts a job on the list, unless it is there, and gives its id. */
export type Add = (
  kind: NewJob['kind'],
  config: object,
  rest: Omit<NewJob, 'id' | 'kind' | 'config'>,
) => string

/** The clean evaluation of a model on this many examples. */
export function cleanConfig(plan: Plan, model: string, examples: number): AttackConfig {
  return {
    version: 2,
    model,
    craftedOn: model,
    craftedBy: null,
    attack: null,
    epsilon: 0,
    examples,
    seed: plan.attackSeed,
  }
}

/** How an attack goes about a model: by gradients through several surrogates where it spikes. */
export function approachTo(
  architecture: Architecture,
  attack: AttackOptions,
  surrogates: Approach['surrogates'] = attackSurrogates,
): Approach {
  return isSpiking(architecture) && followsGradients(attack) ? { surrogates } : {}
}
