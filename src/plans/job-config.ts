import type { Approach } from '../../attacks/approach.ts'
import type { Norm } from '../../attacks/attack.ts'
import type { Architecture } from '../../models/architecture.ts'
import type { EncodingOptions } from '../data/text/encode.ts'
import type { EngineName } from '../engine/engine.ts'
import type { CheckSettings } from '../evaluation/checks/settings.ts'
import type { InferenceNoise } from '../evaluation/randomised-victim.ts'
import type {
  EstimatorOptions,
  NoisyEstimatorOptions,
} from '../training/estimators/create-estimator.ts'
import type { TrainingOptions } from '../training/train.ts'
import type { AnyAttackOptions } from './any-attack.ts'

/** The data that a model was trained on, by content. */
export interface DataConfig {
  readonly name: string
  readonly train: number
  readonly test: number
  readonly seed: number
  /** What differs from the data set's own encoding; absent when nothing was asked for. */
  readonly encoding?: Partial<EncodingOptions>
  /** SHA-256 of what was read or generated. */
  readonly sha256: string
}

/** Train one model. */
export interface TrainConfig {
  /** Raised when the same configuration would give other numbers than before. */
  readonly version: 2
  readonly engine: EngineName
  readonly data: DataConfig
  readonly architecture: Architecture
  readonly estimator: EstimatorOptions
  readonly training: TrainingOptions
  readonly seed: number
}

/** A model of other origin, as it is kept. */
export interface ImportConfig {
  readonly version: 1
  /** What it is called in tables, in place of an architecture. */
  readonly name: string
  readonly data: DataConfig
  readonly source: OwnSource
}

/** Where a model of other origin lies: in the results folder by its content, or behind an address. */
export type OwnSource =
  | { readonly format: 'checkpoint' | 'tfjs'; readonly sha256: string }
  | { readonly format: 'http'; readonly address: string }

/** Put trained models together as one source of adversarial examples. */
export interface EnsembleConfig {
  readonly version: 1
  /** What all members were trained on. */
  readonly data: DataConfig
  /** Jobs that trained them, in ascending order. */
  readonly members: readonly string[]
  /** What of the members is averaged. */
  readonly fusion: 'logits'
}

/** Judge one model on the examples that one attack crafts, on it or on another model. */
export interface AttackConfig extends Approach {
  /** Raised when the same configuration would give other numbers than before. */
  readonly version: 2
  /** The model that is judged, by the job that made it. */
  readonly model: string
  /** The model that the examples are crafted on; equal to `model` for a white-box attack. */
  readonly craftedOn: string
  /** For a transfer and for poisoning: the job that crafted the examples. */
  readonly craftedBy: string | null
  /** Null for the clean evaluation. */
  readonly attack: AnyAttackOptions | null
  /** Largest change, in the units of the attack's norm; 0 for the clean evaluation. */
  readonly epsilon: number
  readonly examples: number
  readonly seed: number
  /** The noise that the judged model keeps, and the draws that decide; absent for the plain pass. */
  readonly inference?: { readonly noise: InferenceNoise; readonly draws: number }
  /** Whether a model trained on the changed graph is judged, not the model itself; absent where not. */
  readonly setting?: 'poisoning'
  /** For an evaluation that the robustness checks alone need; absent otherwise. */
  readonly purpose?: 'check'
}

/** Ask of a model's evaluations whether its robustness is real. */
export interface CheckConfig {
  /** Raised when the same configuration would give other findings than before. */
  readonly version: 1
  readonly model: string
  readonly norm: Norm
  readonly epsilon: number
  readonly examples: number
  readonly seed: number
  readonly settings: CheckSettings
  /** Evaluations of the model that are compared, by id. */
  readonly evaluations: readonly string[]
  /** Evaluations that the model's robust accuracy is told from; a subset. */
  readonly headline: readonly string[]
  /** The models that it is compared with, each with evaluations of its own. */
  readonly matched: readonly {
    readonly model: string
    readonly evaluations: readonly string[]
  }[]
}

/** Measure the gradients of one model. */
export interface ProbeConfig {
  readonly version: 1
  readonly model: string
  readonly estimator: NoisyEstimatorOptions
  readonly batch: number
  readonly repeats: number
  readonly seed: number
  /** Left out where the estimates are compared to the backprop gradient alone. */
  readonly reference?: { readonly copies: number }
  /** Whether every step of recurrent sites is measured too; left out where not. */
  readonly steps?: true
}
