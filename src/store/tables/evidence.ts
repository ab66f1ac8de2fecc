import type {
  AttackConvergenceTable,
  CertificateTable,
  CertificationTable,
  CorruptionAccuracyTable,
  EvaluationOutcomeTable,
  EvaluationTable,
  ExampleTable,
  RobustnessCheckTable,
  RobustnessVerdictTable,
} from '../schema.ts'
import type { TableDescription } from './table.ts'

/** `evaluation`. */
export const evaluationTable: TableDescription<EvaluationTable> = Object.freeze({
  name: 'evaluation',
  description: 'One model judged on the adversarial examples of one attack with one budget.',
  columns: Object.freeze({
    id: 'the id of its job',
    model_id: 'id of the judged model',
    crafted_on:
      'the model on which the examples were crafted; equal to model_id for a white-box attack',
    attack: "none for the clean evaluation, else the attack's name, e.g. fgsm, pgd",
    norm: "how the change is measured: linf, l2 or l1 of pixels, of word vectors or of nodes' features; words for words of a text that are replaced; edges or entries for what is changed in a graph; changes for both",
    epsilon:
      "largest change, in the units of the norm: a radius for linf, l2 and l1 (pixels from 0 to 1), the share of a text's words, the share of a graph's edges or entries, a multiple of a node's degree for changes",
    attack_config: 'JSON: the attack with all its hyper-parameters',
    seed: 'seed of the attack',
    n: 'number of test examples',
    clean_correct: 'how many are classified correctly without attack',
    robust_correct: 'how many are still classified correctly under attack',
    robust_accuracy: 'robust_correct / n',
    robust_accuracy_low: 'lower bound of the Wilson 95 % interval of robust_accuracy',
    robust_accuracy_high: 'upper bound of that interval',
    queries_mean: 'mean model calls (forward, or forward and backward) an example while crafting',
    seconds: 'how long it took, seconds',
    environment_id: 'where it was made',
    created_at: 'when it was stored, UTC',
    inference:
      'JSON: how the model answered where it was not the plain pass without noise: the noise it kept at inference and the number of draws it was judged over; null for the plain pass',
    setting: 'whether the trained model met the change (evasion), or was trained on it (poisoning)',
    purpose: 'check: made for the robustness checks alone; views that compare models leave it out',
  }),
})

/** `example`. */
export const exampleTable: TableDescription<ExampleTable> = Object.freeze({
  name: 'example',
  description: 'One test example within one evaluation.',
  columns: Object.freeze({
    evaluation_id: 'id of the evaluation',
    example: 'index in the test split',
    label: 'the right class',
    clean_prediction: 'predicted class without attack',
    adversarial_prediction: 'predicted class under attack',
    success: '1 if the clean example is classified correctly and the adversarial one is not',
    linf: 'largest absolute change of a pixel; null for what is no image',
    l2: 'Euclidean norm of the change; null for what is no image',
    queries: 'model calls while crafting',
    l1: 'sum of the absolute changes; null for what is no image and in rows of earlier versions',
    component: 'the part of a composed attack that broke the example; null otherwise',
    words: 'words of the text; null for what is no text',
    changed_words:
      'words that are another one now, or whose vector was moved; null for what is no text',
    changed_edges: 'pairs of nodes that were joined or parted; null for what is no graph',
    changed_entries:
      "entries of the nodes' features that are another value; null for what is no graph",
  }),
})

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

/** `attack_convergence`. */
export const attackConvergenceTable: TableDescription<AttackConvergenceTable> = Object.freeze({
  name: 'attack_convergence',
  description:
    'How a white-box attack on images that raises a loss step by step got on, iteration by iteration.',
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
