import type { Architecture } from '../../models/architecture.ts'
import type { LossName } from '../training/loss.ts'

/**
 * Whether backprop gives the derivative of this network under this loss. A threshold, a spike
 * and the 0-1 loss jump; their derivative is zero wherever it exists, and says nothing about the jumps.
 */
export function isDifferentiable(architecture: Architecture, loss: LossName): boolean {
  const jumps =
    'steps' in architecture ||
    ('activation' in architecture && architecture.activation === 'threshold')
  return !jumps && loss !== 'zero-one'
}
