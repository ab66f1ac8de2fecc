import { type Surrogate, surrogateNames } from '../src/engine/spiking.ts'
import type { Attack } from './attack.ts'
import { autoattackParts } from './autoattack.ts'
import { type AttackOptions, createAttack, expectedQueries } from './create-attack.ts'
import { overExpectation } from './expectation.ts'
import { inSequence } from './in-sequence.ts'
import { throughSurrogates, usesGradients } from './through-surrogates.ts'

/** How an attack goes about a victim, beside its own options. */
export interface Approach {
  /** Surrogates of a spiking victim that gradients are taken through; absent for any other. */
  readonly surrogates?: readonly Surrogate[]
  /** Draws of a randomised victim that every call is the mean of; absent for any other. */
  readonly eot?: number
}

/** Surrogates with a gradient: all but the true derivative of a spike. */
export const attackSurrogates = surrogateNames.filter(name => name !== 'heaviside')

/** The attack with these options and this radius, gone about like this. */
export function attackBy(options: AttackOptions, epsilon: number, approach: Approach): Attack {
  const { surrogates, eot } = approach
  const plain = createAttack(options, epsilon)
  if (!surrogates && !eot) return plain
  const pieces = piecesOf(options, plain, eot)
  const whole = surrogates
    ? throughSurrogates(plain, pieces, surrogates)
    : pieces.length === 1
      ? plain
      : { ...plain, ...inSequence(pieces) }
  return eot ? overExpectation(whole, eot) : whole
}

/** Whether surrogates change what an attack does. */
export function followsGradients(options: AttackOptions): boolean {
  return usesGradients(createAttack(options, 1))
}

/** Rough number of model calls on one example. */
export function queriesOf(options: AttackOptions, { surrogates, eot = 1 }: Approach): number {
  const own = isAutoattack(options) && options.version === 'rand' && eot > 1 ? 20 : 1
  return ((expectedQueries(options) * eot) / own) * (surrogates?.length ?? 1)
}

/** The options of an attack and how it went about its victim, told apart in what is stored. */
export function storedAttack(config: AttackOptions & Approach): {
  readonly options: AttackOptions
  readonly approach: Approach
} {
  const { surrogates, eot, ...options } = config
  return {
    options: options as AttackOptions,
    approach: { ...(surrogates && { surrogates }), ...(eot && { eot }) },
  }
}

const isAutoattack = (
  options: AttackOptions,
): options is Extract<AttackOptions, { readonly name: 'autoattack' }> =>
  options.name === 'autoattack'

/**
 * What an attack is made of. AutoAttack's `rand` takes means by itself; where its victim is one
 * already, it must not take the mean of means.
 */
function piecesOf(options: AttackOptions, plain: Attack, eot: number | undefined) {
  if (!isAutoattack(options)) return [plain]
  return autoattackParts(options, plain.epsilon, ...(eot ? [1] : []))
}
