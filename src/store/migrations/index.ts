import type { Migration } from 'kysely'
import * as foundation from './001-foundation.ts'
import * as probeSweeps from './002-probe-sweeps.ts'
import * as stepGradients from './003-step-gradients.ts'
import * as ownModels from './004-own-models.ts'
import * as robustnessEvidence from './005-robustness-evidence.ts'
import * as attackConvergence from './006-attack-convergence.ts'
import * as nightlyHistory from './007-nightly-history.ts'
import * as outcomes from './009-outcomes.ts'
import * as naturalOutcomes from './010-natural-outcomes.ts'

/**
 * Every migration by name, applied in the order of the names and never changed once released.
 *
 * To change the schema, add the next number here, and the change to schema.ts.
 */
export const migrations: Readonly<Record<string, Migration>> = Object.freeze({
  '001-foundation': foundation,
  '002-probe-sweeps': probeSweeps,
  '003-step-gradients': stepGradients,
  '004-own-models': ownModels,
  '005-robustness-evidence': robustnessEvidence,
  '006-attack-convergence': attackConvergence,
  '007-nightly-history': nightlyHistory,
  '009-outcomes': outcomes,
  '010-natural-outcomes': naturalOutcomes,
})
