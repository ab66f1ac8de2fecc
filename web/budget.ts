import type { Summary } from '../server/schemas/summary.ts'
import * as format from './format.ts'

/** Units of attacks on texts or graphs whose norm has the name of one of images. */
const radii: Readonly<Record<string, string>> = {
  'embedding-fgsm': "sizes of the model's word vectors",
  'embedding-pgd': "sizes of the model's word vectors",
  'feature-fgsm': 'features from 0 to 1',
  'feature-pgd': 'features from 0 to 1',
}

/** Units of norms that images do not have. */
const shares: Readonly<Record<string, string>> = {
  words: 'share of words',
  edges: 'share of edges',
  entries: "share of the features' ones",
  changes: "multiple of the node's degree",
}

/** The unit of epsilon in this norm, where these are the attacks. */
export function epsilonUnit(norm: string, attacks: readonly string[]): string {
  const radius = attacks.map(attack => radii[attack]).find(unit => unit !== undefined)
  return shares[norm] ?? radius ?? 'pixels from 0 to 1'
}

/** Whether epsilon is the radius of a ball. */
export const isRadius = (norm: string) => !(norm in shares)

/** Whether these are models of images, as far as their attacks tell. */
export function holdsImages({
  norms,
  attacks,
}: Pick<Summary['groups'][number], 'norms' | 'attacks'>): boolean {
  return norms.every(isRadius) && !attacks.some(attack => attack in radii)
}

/** A budget as a table shows it, e.g. `0.1`, `20 % of words`, `1 × degree`. */
export function budget(norm: string, epsilon: number): string {
  if (isRadius(norm)) return format.epsilon(epsilon)
  if (norm === 'changes') return `${format.epsilon(epsilon)} × degree`
  return `${format.epsilon(100 * epsilon)} % of ${norm}`
}
