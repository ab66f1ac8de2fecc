import { type AttackOptions, createAttack } from '../../../../attacks/create-attack.ts'
import type { Victim } from '../../../../attacks/victim.ts'
import { tf } from '../../../engine/tf.ts'
import { average } from '../../../statistics/average.ts'
import { counted, measured, needsGradients, notApplicable, percent } from '../answers.ts'
import { aimsOf } from '../battery.ts'
import type { Answer, Predicate, Subject } from '../check.ts'
import { whiteBox } from '../compare.ts'
import { averaged, chosen, type Measure } from '../measure.ts'
import { breakPointAngle, fallingShare, type Trace, traces } from '../trace.ts'

/** Straighter curves have not levelled off, in degrees. */
const levelledOff = 150

/** More of the way down than this is not an ascent. */
const mostlyRising = 0.25

/** Signs that an attack failed rather than that a model withstood. */
export const attackFailureIndicators: Predicate = {
  number: 26,
  name: 'attack-failure-indicators',
  title: 'The attack shows no sign of having failed',
  meaning: 'validity',
  essential: true,
  run: needsGradients(async (subject, measure) => {
    const { attack } = aimsOf(subject, measure.settings).reference
    const options = attack as Extract<AttackOptions, { name: 'pgd' }>
    const victim = averaged(subject.victim, measure)
    const split = measure.first(measure.settings.examples)
    const all = traces(subject, victim, split, options)
    return [
      await silentSuccess(subject, measure),
      overTraces(
        all,
        'break-point angle',
        breakPointAngle,
        levelledOff,
        angle => `The loss levels off with an angle of ${angle.toFixed(0)} degrees on average.`,
      ),
      overTraces(
        all,
        'falling loss',
        fallingShare,
        mostlyRising,
        share => `${percent(share)} of the way of the loss goes down.`,
      ),
      zeroOnTheWay(all),
    ]
  }),
}

/** A mean over the examples whose loss moves at all. */
function overTraces(
  all: readonly Trace[],
  part: string,
  of: (losses: readonly number[]) => number | undefined,
  threshold: number,
  sentence: (value: number) => string,
): Answer {
  const values = all.flatMap(({ losses }) => of(losses) ?? [])
  if (values.length === 0) return notApplicable('The loss does not move.', part)
  const value = average(values)
  return measured({ part, passed: value <= threshold, value, threshold, detail: sentence(value) })
}

function zeroOnTheWay(all: readonly Trace[]): Answer {
  const points = all.flatMap(({ right, flat }) => flat.filter((_, at) => right[at]))
  const flat = points.filter(Boolean).length
  const value = flat / Math.max(points.length, 1)
  return measured({
    part: 'zero gradients',
    passed: flat === 0,
    value,
    threshold: 0,
    detail: `At ${percent(value)} of the steps of examples not yet broken the gradient is zero or not finite.`,
  })
}

/** A success on the way that the attack does not hand back, as it is stored or as it is made. */
async function silentSuccess(subject: Subject, measure: Measure): Promise<Answer> {
  const stored = whiteBox(subject).find(
    ({ attack }) => 'iterate' in attack && attack.iterate === 'last',
  )
  const { attack, epsilon } = stored ? { ...stored } : aimsOf(subject, measure.settings).reference
  const made = createAttack(attack, epsilon)
  const split = measure.first(measure.settings.singles)
  let silent = 0
  for (let example = 0; example < split.count; example++) {
    const own = chosen(split, [example])
    const watched = watching(subject.victim, own.labels[0]!)
    const [outcome] = await measure.attacked(made, {
      crafting: watched.victim,
      judged: subject.victim,
      split: own,
    })
    const lost = watched.seen() && outcome!.adversarialPrediction === outcome!.label
    if (lost) silent++
  }
  return measured({
    part: 'silent success',
    passed: silent === 0,
    value: silent / split.count,
    threshold: 0,
    detail: `${attack.name} met a success and did not hand it back for ${silent} of ${counted(split.count, 'example')}.`,
    evaluations: stored ? [stored] : [],
  })
}

/** The model, and whether it has been seen to err. */
function watching(
  victim: Victim,
  label: number,
): { readonly victim: Victim; readonly seen: () => boolean } {
  let erred = false
  const watch = <Result extends tf.Tensor2D>(logits: Result): Result => {
    erred ||= tf.tidy(() => tf.argMax(logits, 1).dataSync()).some(answer => answer !== label)
    return logits
  }
  return {
    victim: {
      ...victim,
      logits: x => watch(victim.logits(x)),
      lossGradient(x, loss) {
        const found = victim.lossGradient!(x, loss)
        watch(found.logits)
        return found
      },
    },
    seen: () => erred,
  }
}
