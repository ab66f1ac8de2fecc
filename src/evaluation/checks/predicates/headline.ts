import { isDeepStrictEqual } from 'node:util'
import { type AttackOptions, storedSchema } from '../../../../attacks/create-attack.ts'
import { counted, measured, needsGradients, notMeasured, percent } from '../answers.ts'
import type { Predicate, Subject } from '../check.ts'
import { attackEvaluations, sameRadius, whiteBox, worstCase } from '../compare.ts'

/** Classes that an attack aims at; none if it only leaves the true one. */
function aimsAtClasses(attack: AttackOptions): boolean {
  if (attack.name === 'fab-t' || attack.name === 'autoattack') return true
  return 'targets' in attack && attack.name !== 'deepfool' && attack.targets > 0
}

/** Both kinds of attack count, by the worst of them for each example. */
export const targetedAndUntargeted: Predicate = {
  number: 20,
  name: 'targeted-and-untargeted',
  title: 'Attacks aim at classes and away from the true one',
  meaning: 'validity',
  essential: true,
  run: needsGradients(subject => {
    const white = whiteBox(subject)
    if (white.length === 0) return [notMeasured('There is no attack by gradients.')]
    const targeted = white.filter(({ attack }) => aimsAtClasses(attack))
    const untargeted = white.length - targeted.length
    const worst = worstCase(white).size / white[0]!.outcomes.length
    return [
      measured({
        passed: targeted.length > 0 && untargeted > 0,
        value: Math.min(targeted.length, untargeted),
        threshold: 1,
        detail: `${counted(targeted.length, 'targeted attack')} and ${untargeted} untargeted; ${percent(worst)} withstand all of them.`,
        evaluations: white,
      }),
    ]
  }),
}

/** Every row says with what it was made. */
export const provenance: Predicate = {
  number: 28,
  name: 'provenance',
  title: 'Every number says what it was made from',
  meaning: 'report',
  essential: false,
  run(subject) {
    const missing = Object.entries(subject.provenance)
      .filter(([, hash]) => !hash)
      .map(([name]) => `hash of the ${name}`)
    const attacks = attackEvaluations(subject)
    const incomplete = attacks.filter(
      ({ id, seed, attack }) => !id || !Number.isSafeInteger(seed) || !isComplete(attack),
    )
    const value = missing.length + incomplete.length
    const lacking = missing.length > 0 ? `missing ${missing.join(', ')}` : 'all hashes are known'
    return [
      measured({
        passed: value === 0,
        value,
        threshold: 0,
        detail: `Of code, model and data set: ${lacking}; ${counted(incomplete.length, 'evaluation')} of ${attacks.length} without id, seed or a hyper-parameter.`,
        evaluations: incomplete,
      }),
    ]
  },
}

/** Whether no option is left to a default, which a later version might change. */
function isComplete(attack: AttackOptions): boolean {
  const filledIn = storedSchema(attack).safeParse(attack)
  return filledIn.success && isDeepStrictEqual(filledIn.data, attack)
}

/** The number that is shown is the worst case for each example, in one ball. */
export const headline: Predicate = {
  number: 30,
  name: 'headline',
  title: 'The number shown is the worst case in one ball, not a mean',
  meaning: 'report',
  essential: false,
  run(subject) {
    const shown = subject.headline
    if (!shown) return [notMeasured('No robust accuracy is shown.')]
    const behind = attackEvaluations(subject).filter(({ id }) => shown.evaluations.includes(id))
    if (behind.length === 0) return [notMeasured('The evaluations behind it are not at hand.')]
    const [first] = behind
    const mixed = behind.some(
      ({ attack, epsilon }) =>
        attack.norm !== first!.attack.norm || !sameRadius(epsilon, first!.epsilon),
    )
    const worst = worstCase(behind).size / first!.outcomes.length
    const value = Math.abs(shown.robustAccuracy - worst)
    return [
      measured({
        passed: !mixed && value <= rounded,
        value,
        threshold: rounded,
        detail: mixed
          ? `${percent(shown.robustAccuracy)} is shown for balls of different norm or radius.`
          : `${percent(shown.robustAccuracy)} is shown, the worst case for each example is ${percent(worst)}.`,
        evaluations: behind,
      }),
    ]
  },
}

/** How a number that is shown may differ by rounding. */
const rounded = 1e-3

/** A single step says little. */
export const moreThanFgsm: Predicate = {
  number: 33,
  name: 'more-than-fgsm',
  title: 'FGSM is not the only attack',
  meaning: 'validity',
  essential: true,
  run(subject: Subject) {
    const attacks = attackEvaluations(subject)
    if (attacks.length === 0) return [notMeasured('There is no attack.')]
    const others = attacks.filter(({ attack }) => attack.name !== 'fgsm')
    return [
      measured({
        passed: others.length > 0,
        value: others.length,
        threshold: 1,
        detail: `${others.length} of ${counted(attacks.length, 'evaluation')} are of another attack than FGSM.`,
        evaluations: others,
      }),
    ]
  },
}
