import type { TableDescription } from './table.ts'

/** Accuracy of one model on one kind of corrupted images at one severity. */
export interface CorruptionAccuracyTable {
  readonly id: string
  readonly model_id: string
  readonly corruption: string
  readonly severity: number
  readonly seed: number
  readonly n: number
  readonly clean_correct: number
  readonly correct: number
  readonly accuracy: number
  readonly accuracy_low: number
  readonly accuracy_high: number
  readonly environment_id: string
  readonly created_at: string
  /**
   * A digit for each of the first n test images: 1, plus 2 if it is right as it is, plus 4 if it is right
   * when corrupted; null in rows of earlier versions.
   */
  readonly codes: string | null
}

/** `corruption_accuracy`. */
export const corruptionAccuracyTable: TableDescription<CorruptionAccuracyTable> = Object.freeze({
  name: 'corruption_accuracy',
  description: 'Accuracy of one model on one kind of corrupted images at one severity.',
  columns: Object.freeze({
    id: 'the id of its job: one job measures all corruptions of a model',
    model_id: 'id of the model',
    corruption: 'e.g. gaussian-noise, fog',
    severity: 'from 1, barely visible, to 5',
    seed: 'seed of the corruption',
    n: 'number of test examples',
    clean_correct: 'how many are classified correctly as they are',
    correct: 'how many are classified correctly when they are corrupted',
    accuracy: 'correct / n',
    accuracy_low: 'lower bound of the Wilson 95 % interval of accuracy',
    accuracy_high: 'upper bound of that interval',
    environment_id: 'where it was made',
    created_at: 'when it was stored, UTC',
    codes:
      'a digit an image: 1, plus 2 if it is right as it is, plus 4 if it is right when corrupted; null in rows of earlier versions',
  }),
})

/** Randomized smoothing of one model (Cohen et al., 2019): how its certificates were made. */
export interface CertificationTable {
  readonly id: string
  readonly model_id: string
  readonly sigma: number
  readonly selection: number
  readonly estimation: number
  readonly alpha: number
  readonly seed: number
  readonly n: number
  readonly seconds: number
  readonly environment_id: string
  readonly created_at: string
}

/** `certification`. */
export const certificationTable: TableDescription<CertificationTable> = Object.freeze({
  name: 'certification',
  description:
    'Randomized smoothing of one model (Cohen et al., 2019): how its certificates were made.',
  columns: Object.freeze({
    id: 'the id of its job',
    model_id: 'id of the model',
    sigma: 'standard deviation of the noise on the image, in units of the pixel range [0, 1]',
    selection: 'noisy copies that chose the class',
    estimation: 'noisy copies that bounded its probability',
    alpha: 'probability with which a certificate may be wrong',
    seed: 'seed of the noise',
    n: 'number of test examples',
    seconds: 'how long it took, seconds',
    environment_id: 'where it was made',
    created_at: 'when it was stored, UTC',
  }),
})

/** What is certain of the smoothed model at one test example. */
export interface CertificateTable {
  readonly certification_id: string
  readonly example: number
  readonly label: number
  readonly prediction: number | null
  readonly radius: number
  readonly lower: number
}

/** `certificate`. */
export const certificateTable: TableDescription<CertificateTable> = Object.freeze({
  name: 'certificate',
  description: 'What is certain of the smoothed model at one test example.',
  columns: Object.freeze({
    certification_id: 'id of the certification',
    example: 'index in the test split',
    label: 'the right class',
    prediction: 'null where it abstains',
    radius:
      'L2 radius within which the prediction stays, in units of the pixel range; 0 where it abstains',
    lower: 'lower confidence bound of the probability of the class',
  }),
})

/** Whether the robustness that was measured of one model is real, see docs/checks.md. */
export interface RobustnessVerdictTable {
  readonly id: string
  readonly model_id: string
  readonly norm: string
  readonly epsilon: number
  readonly n: number
  readonly seed: number
  readonly settings_config: string
  readonly verdict: 'real' | 'masked' | 'undecided'
  readonly reasons: string
  readonly seconds: number
  readonly environment_id: string
  readonly created_at: string
}

/** `robustness_verdict`. */
export const robustnessVerdictTable: TableDescription<RobustnessVerdictTable> = Object.freeze({
  name: 'robustness_verdict',
  description: 'Whether the robustness that was measured of one model is real, see docs/checks.md.',
  columns: Object.freeze({
    id: 'the id of its job',
    model_id: 'id of the model',
    norm: 'norm of the ball: linf, l2 or l1',
    epsilon: 'radius of the ball',
    n: 'test examples that the checks looked at',
    seed: 'seed of the random numbers',
    settings_config: 'JSON: how much was measured',
    verdict: 'real, masked or undecided',
    reasons: 'JSON: list of sentences',
    seconds: 'how long it took, seconds',
    environment_id: 'where it was made',
    created_at: 'when it was stored, UTC',
  }),
})

/** One finding of one robustness check. */
export interface RobustnessCheckTable {
  readonly verdict_id: string
  readonly position: number
  readonly number: number
  readonly name: string
  readonly part: string | null
  readonly meaning: 'masking' | 'validity' | 'report'
  readonly verdict: 'passed' | 'failed' | 'not applicable' | 'not measured'
  readonly value: number | null
  readonly threshold: number | null
  readonly detail: string
  readonly evaluations: string
}

/** `robustness_check`. */
export const robustnessCheckTable: TableDescription<RobustnessCheckTable> = Object.freeze({
  name: 'robustness_check',
  description: 'One finding of one robustness check.',
  columns: Object.freeze({
    verdict_id: 'id of the verdict',
    position: 'order of the findings, from 0',
    number: "the check's number in docs/checks.md",
    name: "the check's name, its anchor in docs/checks.md",
    part: 'what of it, where a check has several parts',
    meaning: 'masking and validity decide the verdict, report is told beside it',
    verdict: 'passed, failed, not applicable or not measured',
    value: 'what was measured; null where nothing was',
    threshold: 'what it is compared with',
    detail: 'what was found, one line',
    evaluations: 'JSON: ids of the evaluations it used',
  }),
})

/**
 * What one evaluation decided, for reading many at once. It goes with any change of the examples, and
 * `fillOutcomes` makes it anew.
 */
export interface EvaluationOutcomeTable {
  readonly evaluation_id: string
  /**
   * A digit for each place in the test split: 0 if it is no example of the evaluation, else 1 for
   * wrong, 3 for right until attacked, 7 for right under attack.
   */
  readonly codes: string
}

/** `evaluation_outcome`. */
export const evaluationOutcomeTable: TableDescription<EvaluationOutcomeTable> = Object.freeze({
  name: 'evaluation_outcome',
  description:
    'What one evaluation decided, for reading many at once; made from its examples, and gone when they change.',
  columns: Object.freeze({
    evaluation_id: 'id of the evaluation',
    codes:
      'a digit for each place in the test split: 0 if it is no example of the evaluation, 1 for wrong, 3 for right until attacked, 7 for right under attack',
  }),
})

/**
 * How an attack got on, iteration by iteration; for attacks on the model itself that raise a
 * loss step by step, and made since this is kept.
 */
export interface AttackConvergenceTable {
  readonly evaluation_id: string
  /** Place of the part in a composed attack, from 0; 0 where there are no parts. */
  readonly position: number
  /** Name of the part, or of the attack. */
  readonly part: string
  /** Iterates looked at so far, from 1, through all restarts; at most 30 of them a part. */
  readonly iteration: number
  /** What it raises: `ce`, `margin` or `dlr`. */
  readonly loss_name: string
  /** Mean over `attacked` of the highest loss so far; null where there is none. */
  readonly loss: number | null
  /** Examples that are right without attack and that the part has met. */
  readonly attacked: number
  /** Examples that are right without attack and not broken yet; at the end those that never are. */
  readonly robust_correct: number
}

/** `attack_convergence`. */
export const attackConvergenceTable: TableDescription<AttackConvergenceTable> = Object.freeze({
  name: 'attack_convergence',
  description:
    'How an attack, made on the model itself and raising a loss step by step, got on, iteration by iteration.',
  columns: Object.freeze({
    evaluation_id: 'id of the evaluation',
    position: 'place of the part in a composed attack, from 0; 0 where there are no parts',
    part: 'name of the part, or of the attack',
    iteration: 'iterates looked at so far, from 1, through all restarts; at most 30 of them a part',
    loss_name: 'what it raises: ce, margin or dlr',
    loss: 'mean over attacked of the highest loss so far; null where there is none',
    attacked: 'examples that are right without attack and that the part has met',
    robust_correct: 'examples that are right without attack and not broken yet',
  }),
})
