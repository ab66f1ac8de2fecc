import { z } from 'zod'
import { tf } from '../../src/engine/tf.ts'
import { normSchema } from '../attack.ts'
import {
  largestOne,
  overL1Norm,
  project,
  randomInBall,
  sparseSigns,
  steepest,
} from '../geometry.ts'
import {
  attackLoss,
  crossEntropy,
  dlr,
  margin,
  targetedCrossEntropy,
  targetedDlr,
  targetedMargin,
} from '../losses.ts'
import type { AttackLoss, Victim } from '../victim.ts'
import type { OwnFields, OwnKind } from './own-attack.ts'

/** What a user's attack is made with: it imports nothing of Gauntlet but types. */
export const toolbox = {
  /** TensorFlow.js on the engine that computes. */
  tf,
  /** Zod, for options. */
  z,
  /** The attack as it is; lets TypeScript find the types of its options. */
  attack: <Fields extends OwnFields>(kind: OwnKind<Fields>): OwnKind<Fields> => kind,
  inputGradient,
  /** The norm as Gauntlet's attacks have it among their options. */
  normSchema,
  ...{ largestOne, overL1Norm, project, randomInBall, sparseSigns, steepest },
  ...{ attackLoss, crossEntropy, dlr, margin },
  ...{ targetedCrossEntropy, targetedDlr, targetedMargin },
} as const

export type Toolbox = typeof toolbox

/** Gradient of the summed loss with respect to the input, shape of `x`; belongs to the caller. */
function inputGradient(victim: Victim, x: tf.Tensor, loss: AttackLoss): tf.Tensor {
  const { gradient, logits, losses } = victim.lossGradient!(x, loss)
  tf.dispose([logits, losses])
  return gradient
}
