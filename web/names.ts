import { WORST_CASE } from '../server/worst-case.ts'

const arms: Readonly<Record<string, string>> = {
  bp: 'backprop',
  'bp-noise': 'backprop + noise',
  'bp-heaviside': 'backprop, no surrogate',
  'lr-logit': 'likelihood ratio',
  'lr-weight': 'likelihood ratio on weights',
  'lr-hybrid': 'likelihood ratio, hybrid',
  es: 'evolution strategies',
}

const attacks: Readonly<Record<string, string>> = {
  none: 'no attack',
  'apgd-ce': 'APGD-CE',
  'apgd-dlr': 'APGD-DLR',
  'apgd-t': 'APGD-T',
  autoattack: 'AutoAttack',
  bim: 'BIM',
  cw: 'CW',
  deepfool: 'DeepFool',
  dice: 'DICE',
  'embedding-fgsm': 'FGSM on the embedding',
  'embedding-pgd': 'PGD on the embedding',
  fab: 'FAB',
  'fab-t': 'FAB-T',
  'feature-fgsm': 'FGSM on features',
  'feature-flip': 'feature flips',
  'feature-pgd': 'PGD on features',
  fgsm: 'FGSM',
  'hop-skip-jump': 'HopSkipJump',
  hotflip: 'HotFlip',
  'importance-masking': 'greedy masking',
  metattack: 'Metattack',
  'mi-fgsm': 'MI-FGSM',
  'min-max': 'MinMax',
  nes: 'NES',
  nettack: 'Nettack',
  pgd: 'PGD',
  'pgd-topology': 'PGD on edges',
  'random-masking': 'random masking',
  'random-search': 'random noise',
  'random-structure': 'random edges',
  'score-gradient': 'score gradient',
  spsa: 'SPSA',
  square: 'Square',
  'word-substitution': 'word substitution',
  [WORST_CASE]: 'worst case',
}

const norms: Readonly<Record<string, string>> = { linf: 'L∞', l2: 'L2', l1: 'L1' }

/** What people call an arm or an estimator. */
export function armName(arm: string): string {
  return arms[arm] ?? arm
}

/** What people call a series: the arm, and the options in brackets that tell two of an arm apart. */
export function seriesName(key: string): string {
  const bracket = key.indexOf(' (')
  return bracket < 0 ? armName(key) : armName(key.slice(0, bracket)) + key.slice(bracket)
}

/** What people call an attack; a user's is called as its user does. */
export function attackName(attack: string): string {
  return Object.hasOwn(attacks, attack) ? attacks[attack]! : attack
}

/** What people call a norm. */
export function normName(norm: string): string {
  return norms[norm] ?? norm
}
