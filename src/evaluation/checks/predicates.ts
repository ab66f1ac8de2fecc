import type { Predicate } from './check.ts'
import { binarisation } from './predicates/binarisation.ts'
import {
  convergence,
  iterativeVsSingleStep,
  monotoneInEpsilon,
  restarts,
  stepSize,
  unboundedSuccess,
} from './predicates/budget.ts'
import { gradientAlignment, zeroGradients } from './predicates/gradients.ts'
import { headline, moreThanFgsm, provenance, targetedAndUntargeted } from './predicates/headline.ts'
import { attackFailureIndicators } from './predicates/indicators.ts'
import { logitScale, lossSwitch } from './predicates/losses.ts'
import { confidence, matchedModels } from './predicates/matched.ts'
import { naturalChanges } from './predicates/natural.ts'
import { expectationOverNoise, frozenRandomness } from './predicates/randomness.ts'
import { randomNoise, whiteVsBlack, whiteVsTransfer } from './predicates/rivals.ts'
import { determinism, evaluationMode, outputsAreLogits } from './predicates/scores.ts'
import { surrogates, undefendedControl } from './predicates/spikes.ts'
import { cleanAccuracy, reverified, threatModel } from './predicates/stored.ts'
import { knownWeakModels } from './predicates/weak-models.ts'

/** Every predicate, in the order of their numbers. */
export const predicates: readonly Predicate[] = [
  cleanAccuracy,
  iterativeVsSingleStep,
  monotoneInEpsilon,
  unboundedSuccess,
  whiteVsBlack,
  whiteVsTransfer,
  randomNoise,
  convergence,
  restarts,
  stepSize,
  zeroGradients,
  lossSwitch,
  logitScale,
  outputsAreLogits,
  determinism,
  frozenRandomness,
  expectationOverNoise,
  undefendedControl,
  surrogates,
  targetedAndUntargeted,
  threatModel,
  reverified,
  evaluationMode,
  knownWeakModels,
  binarisation,
  attackFailureIndicators,
  gradientAlignment,
  provenance,
  matchedModels,
  headline,
  confidence,
  naturalChanges,
  moreThanFgsm,
]
