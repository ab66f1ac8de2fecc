import { type AnyAttackOptions, normOf } from './any-attack.ts'

/** e.g. `pgd linf 0.1` */
export function attackTitle(attack: AnyAttackOptions, epsilon: number): string {
  return `${attack.name} ${normOf(attack)} ${epsilon}`
}
