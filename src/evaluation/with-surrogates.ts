import type { Victim } from '../../attacks/victim.ts'
import type { Network } from '../../models/network.ts'
import type { Surrogate } from '../../models/surrogate.ts'

/**
 * The victim made of a network, which can also be differentiated through other surrogates where the
 * network spikes.
 *
 * @param victimOf the same victim made of the network with another surrogate
 */
export function withSurrogates(
  victim: Victim,
  network: Network,
  victimOf: (other: Network, surrogate: Surrogate) => Victim,
): Victim {
  const { withSurrogate } = network
  if (!withSurrogate) return victim
  return {
    ...victim,
    capabilities: [...victim.capabilities, 'surrogates'],
    withSurrogate: surrogate => victimOf(withSurrogate(surrogate), surrogate),
  }
}
