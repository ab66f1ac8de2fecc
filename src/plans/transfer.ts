import type { Dataset } from '../data/dataset.ts'
import type { AnyAttackOptions } from './any-attack.ts'
import type { DataConfig } from './job-config.ts'

/**
 * Attacks whose examples tell nothing on another model: those on an embedding change vectors that no
 * other model has, and those that never look at a model give every model the same graph.
 */
const staying: ReadonlySet<AnyAttackOptions['name']> = new Set([
  'embedding-fgsm',
  'embedding-pgd',
  'dice',
  'random-structure',
])

/** Whether other models are judged on what this attack crafts on one. */
export function transfers({ name }: AnyAttackOptions): boolean {
  return !staying.has(name)
}

/**
 * Whether an example of one model is one of the other. Texts have the ids of a vocabulary, which is
 * that of the texts that were trained on.
 */
export function hasSameInputs(kind: Dataset['kind'], one: DataConfig, other: DataConfig): boolean {
  return one.sha256 === other.sha256 && (kind !== 'sequences' || one.train === other.train)
}
