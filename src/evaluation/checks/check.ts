import type { Norm } from '../../../attacks/attack.ts'
import type { AttackOptions } from '../../../attacks/create-attack.ts'
import type { Victim } from '../../../attacks/victim.ts'
import type { ImageSplit } from '../../data/dataset.ts'
import type { Outcome } from '../attack-model.ts'
import type { Measure } from './measure.ts'

/** One evaluation of the subject that predicates compare. */
export interface CheckEvaluation {
  readonly id: string
  /** Null: clean. */
  readonly attack: AttackOptions | null
  readonly epsilon: number
  readonly seed: number
  /** Null for a white-box attack; else what is known of the model the examples were crafted on. */
  readonly craftedOn: CraftedOn | null
  readonly outcomes: readonly Outcome[]
  /** The stored adversarial examples, `[n · size]`; absent where they are not kept (transfers). */
  readonly adversarial?: Float32Array
}

/** The model that a transferred attack saw. */
export interface CraftedOn {
  readonly model: string
  readonly arm: string
  readonly architecture: string
  readonly seed: number
}

/** The model that is checked and what is known of it. */
export interface Subject {
  /** As it is judged. */
  readonly victim: Victim
  readonly split: ImageSplit
  readonly norm: Norm
  /** Radius of the ball, in units of the input. */
  readonly epsilon: number
  /** The first so many of the split are judged. */
  readonly examples: number
  readonly seed: number
  readonly evaluations: readonly CheckEvaluation[]
  /**
   * The same weights with another derivative in the place of the spikes', by the surrogate's name;
   * absent where nothing spikes.
   */
  readonly surrogates?: Readonly<Record<string, Victim>>
  /** The same model with its noise drawn once, the same in every pass; absent without noise. */
  readonly frozen?: Victim
  /** Null for a model that was not trained here. */
  readonly training: TrainingKnown | null
  readonly matched: readonly MatchedModel[]
  /** Hashes of what the numbers depend on; null where nobody knows. */
  readonly provenance: Readonly<Record<'code' | 'model' | 'dataset', string | null>>
  /** What is shown as the model's robust accuracy, and of which evaluations; absent if nothing is. */
  readonly headline?: { readonly robustAccuracy: number; readonly evaluations: readonly string[] }
}

/** How a model was trained. */
export interface TrainingKnown {
  readonly arm: string
  readonly architecture: string
  readonly seed: number
  /** Passes over the training data. */
  readonly epochs: number
  readonly noiseAtTraining: boolean
  readonly hasSpikes: boolean
}

/** Another model of the same plan, to compare with. */
export interface MatchedModel extends TrainingKnown {
  readonly model: string
  readonly cleanAccuracy: number
  readonly evaluations: readonly CheckEvaluation[]
}

/** `not measured`: it applies, but an evaluation or a model that it needs is missing. */
export type CheckVerdict = 'passed' | 'failed' | 'not applicable' | 'not measured'

/** What a predicate found: one row. */
export interface Finding {
  /** Name of the predicate. */
  readonly check: string
  /** Which of several measurements of the predicate; null where there is one. */
  readonly part: string | null
  readonly verdict: CheckVerdict
  readonly value: number | null
  /** What the value is compared with. */
  readonly threshold: number | null
  /** One sentence with the figures. */
  readonly detail: string
  /** The evaluations compared, by id. */
  readonly evaluations: readonly string[]
}

/**
 * What a failure says. `masking`: the model hides its gradients, the robust accuracy is an artefact.
 * `validity`: the evaluation cannot be relied on. `report`: a reader must know it.
 */
export type Meaning = 'masking' | 'validity' | 'report'

/** One question about an evaluation. */
export interface Predicate {
  /** Place in the list of predicates, from 1. */
  readonly number: number
  /** Its section in docs/checks.md. */
  readonly name: string
  readonly title: string
  readonly meaning: Meaning
  /** Whether the robustness stays undecided where it applies and was not measured. */
  readonly essential: boolean
  run(subject: Subject, measure: Measure): Answer[] | Promise<Answer[]>
}

/** A finding before its predicate is named. */
export type Answer = Omit<Finding, 'check'>

/**
 * `real`: the measured robust accuracy, be it 0, is no artefact as far as the checks can see.
 */
export interface Verdict {
  readonly verdict: 'real' | 'masked' | 'undecided'
  /** One sentence each, with the check's name and its figures. */
  readonly reasons: readonly string[]
}
