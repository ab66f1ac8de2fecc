import type { Generated } from 'kysely'
import type { TableDescription } from './table.ts'

/** One model judged on the adversarial examples of one attack with one budget. */
export interface EvaluationTable {
  readonly id: string
  readonly model_id: string
  readonly crafted_on: string
  readonly attack: string
  readonly norm: string
  readonly epsilon: number
  readonly attack_config: string
  readonly seed: number
  readonly n: number
  readonly clean_correct: number
  readonly robust_correct: number
  readonly robust_accuracy: number
  readonly robust_accuracy_low: number
  readonly robust_accuracy_high: number
  readonly queries_mean: number
  readonly seconds: number
  readonly environment_id: string
  readonly created_at: string
  readonly inference: string | null
  readonly setting: Generated<'evasion' | 'poisoning'>
  readonly purpose: Generated<'comparison' | 'check'>
}

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

/** One test example within one evaluation. */
export interface ExampleTable {
  readonly evaluation_id: string
  readonly example: number
  readonly label: number
  readonly clean_prediction: number
  readonly adversarial_prediction: number
  readonly success: number
  readonly linf: number | null
  readonly l2: number | null
  readonly queries: number
  readonly l1: number | null
  readonly component: string | null
  readonly words: number | null
  readonly changed_words: number | null
  readonly changed_edges: number | null
  readonly changed_entries: number | null
}

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
