/**
 * The users' attacks that this process knows. They come from a folder that the command names, or
 * from the results when a job is about one; whoever asks for an attack by its options finds it here.
 */
import { WorkError } from '../../src/errors.ts'
import type { OwnAttackOptions } from './own-attack.ts'
import type { OwnAttackKind } from './own-kind.ts'

/** A user's attack with the code that it was made from. */
export interface KnownAttack {
  readonly kind: OwnAttackKind
  /** One module without imports but those of Node. */
  readonly code: string
  readonly sha256: string
}

const byHash = new Map<string, KnownAttack>()
const offered = new Map<string, KnownAttack>()

/** From now on the attack is found by its options. */
export function know(attack: KnownAttack): void {
  byHash.set(attack.sha256, attack)
}

/** From now on the attack is found by its name, too. */
export function offer(attack: KnownAttack): void {
  know(attack)
  offered.set(attack.kind.name, attack)
}

/** The attack that a plan or an option means by this name. */
export const offeredAttack = (name: string): KnownAttack | undefined => offered.get(name)

/** Names of the attacks that plans and options may use, sorted. */
export const offeredNames = (): string[] => [...offered.keys()].sort()

export const isKnown = ({ sha256 }: OwnAttackOptions): boolean => byHash.has(sha256)

/** @throws WorkError for an attack whose code is not at hand */
export function knownAttack({ name, sha256 }: OwnAttackOptions): KnownAttack {
  const known = byHash.get(sha256)
  if (known) return known
  throw new WorkError(
    `missing attack: ${name} with the code ${sha256} (name its folder: --attacks)`,
  )
}
