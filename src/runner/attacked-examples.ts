import type { ConvergencePoint } from '../evaluation/convergence.ts'
import type { NewExample } from '../store/results.ts'

/** What became of each example, and the curves of an attack on the model itself. */
export interface AttackedExamples {
  readonly rows: NewExample[]
  /** None where the attack raises no loss step by step, or was made on another model. */
  readonly convergence: readonly ConvergencePoint[]
}
