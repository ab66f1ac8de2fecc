import type { Victim } from '../../attacks/victim.ts'
import type { Network, Parameters } from '../../models/network.ts'
import { differentiableVictim } from './differentiable-victim.ts'
import { withSurrogates } from './with-surrogates.ts'

/** A trained network, without noise, as an attack sees it. */
export function networkVictim(network: Network, parameters: Parameters): Victim {
  const victim = differentiableVictim(x => network.logits(parameters, x), network)
  return withSurrogates(victim, network, other => networkVictim(other, parameters))
}
