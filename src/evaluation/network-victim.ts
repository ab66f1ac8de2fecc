import type { Victim } from '../../attacks/victim.ts'
import type { Network, Parameters } from '../../models/network.ts'
import { differentiableVictim } from './differentiable-victim.ts'

/** A trained network, without noise, as an attack sees it. */
export function networkVictim(network: Network, parameters: Parameters): Victim {
  return differentiableVictim(x => network.logits(parameters, x), network)
}
