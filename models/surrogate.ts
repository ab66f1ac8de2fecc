import type { Surrogate } from '../src/engine/spiking.ts'
import type { Network } from './network.ts'

export { type Surrogate, surrogateNames } from '../src/engine/spiking.ts'

/** The network with this stand-in for the derivative of its spikes; itself where nothing spikes. */
export function withSurrogate(network: Network, surrogate: Surrogate | undefined): Network {
  return (surrogate && network.withSurrogate?.(surrogate)) ?? network
}
