import type {
  Curve,
  CurvePoint,
  Difference,
  Gap,
  ModelVerdict,
  Robustness,
} from '../server/schemas/robustness.ts'
import { WORST_CASE } from '../server/worst-case.ts'
import * as format from './format.ts'
import { armName, attackName, normName, seriesName } from './names.ts'

/** What the numbers allow to say, and how it should look. */
export interface Finding {
  readonly verdict: 'more' | 'less' | 'undecided' | 'none'
  /** The answer in a few words. */
  readonly headline: string
  /** The numbers behind it, one sentence. */
  readonly numbers: string
  /** Whether the attack may have made the difference, and what the models do without attack. */
  readonly remarks: readonly string[]
}

/** Level at which a difference is called one. */
const ALPHA = 0.05

/** Answers the question for one attack and epsilon, in sentences made of the numbers alone. */
export function finding(data: Robustness, attack: string, epsilon: number): Finding {
  const difference = differenceAt(data, attack, epsilon)
  if (!difference) return nothing(attack, epsilon)
  const name = seriesName(difference.series)
  const own = pointAt(data, difference.series, attack, epsilon)
  const baseline = pointAt(data, difference.against, attack, epsilon)
  const verdict = verdictOf(difference)
  const numbers = `${place(data, attack, epsilon)}: ${
    own && baseline
      ? `${name} ${share(own)} against ${seriesName(difference.against)} ${share(baseline)}; `
      : ''
  }paired difference ${inPoints(difference)} over ${format.count(difference.n)} test examples, ${acrossSeeds(
    difference,
  )}, ${format.pValue(difference.holm ?? difference.p)} (Holm).`
  const gap = gapAt(data, difference.series, attack, epsilon)
  const masked = verdictsAt(data, difference.series, epsilon).some(one => one.verdict === 'masked')
  const doubt = masked || (gap !== undefined && gap.difference < 0 && gap.p < ALPHA)
  const names = [name, seriesName(difference.against)] as const
  const headline = `At ε = ${format.epsilon(epsilon)} ${headlines[verdict](...names)}`
  return {
    verdict,
    headline: verdict === 'more' && doubt ? `${headline}, but the attack is in doubt` : headline,
    numbers,
    remarks: [
      cleanRemark(data, difference),
      gapRemark(difference.series, gap),
      difference.seeds.length === 1
        ? 'One seed only: whether other trainings would differ alike is not known.'
        : undefined,
    ].filter(remark => remark !== undefined),
  }
}

const headlines = {
  more: (name: string, other: string) => `the ${name} model is more robust than its ${other} twin`,
  less: (name: string, other: string) => `the ${name} model is less robust than its ${other} twin`,
  undecided: (name: string, other: string) =>
    `no difference between ${name} and ${other} can be told`,
} as const

function nothing(attack: string, epsilon: number): Finding {
  return {
    verdict: 'none',
    headline: 'No matched pair to compare yet',
    numbers:
      `A finding needs a backprop model and a model of another arm with the same seed, both under ` +
      `${attackName(attack)} at ε = ${format.epsilon(epsilon)}.`,
    remarks: [],
  }
}

function verdictOf({ difference, p, holm }: Difference): 'more' | 'less' | 'undecided' {
  if ((holm ?? p) >= ALPHA) return 'undecided'
  return difference > 0 ? 'more' : 'less'
}

/** The difference that the page is about: the likelihood ratio's if there is one. */
export function differenceAt(
  data: Robustness,
  attack: string,
  epsilon: number,
): Difference | undefined {
  const here = data.differences.filter(one => one.attack === attack && one.epsilon === epsilon)
  return here.find(one => one.series.startsWith('lr-logit')) ?? here[0]
}

/** The white-box curve of a series; the worst case has no other. */
export function whiteBox(data: Robustness, series: string, attack: string): Curve | undefined {
  return data.curves.find(
    curve => curve.series === series && curve.attack === attack && !curve.craftedOn,
  )
}

function pointAt(data: Robustness, series: string, attack: string, epsilon: number) {
  return whiteBox(data, series, attack)?.points.find(point => point.epsilon === epsilon)
}

/** What the robustness checks say of a series' models at this radius. */
export function verdictsAt(data: Robustness, series: string, epsilon: number): ModelVerdict[] {
  const models = data.series.find(({ key }) => key === series)?.models ?? []
  return data.verdicts.filter(
    one => one.epsilon === epsilon && models.some(({ id }) => id === one.model),
  )
}

/**
 * The attack that hurt a series most when crafted on itself; white box and transfer are compared
 * under it where the view is the worst case.
 */
export function strongestAttack(data: Robustness, series: string, epsilon: number) {
  const points = data.attacks
    .filter(attack => attack !== WORST_CASE)
    .map(attack => ({ attack, point: pointAt(data, series, attack, epsilon) }))
    .filter(one => one.point !== undefined)
    .sort((a, b) => a.point!.accuracy - b.point!.accuracy)
  return points[0]?.attack
}

function cleanRemark(data: Robustness, { series, against, attack }: Difference) {
  const clean = data.differences.find(
    one =>
      one.series === series &&
      one.against === against &&
      one.attack === attack &&
      one.epsilon === 0,
  )
  const own = pointAt(data, series, attack, 0)
  const other = pointAt(data, against, attack, 0)
  if (!clean || !own || !other) return undefined
  const name = seriesName(series)
  const base = `Without attack ${name} is right on ${share(own)}, ${seriesName(against)} on ${share(other)}`
  if (data.chance !== null && own.low <= data.chance) {
    return `${base}: ${name} cannot be told from guessing, so its robustness means nothing.`
  }
  return clean.p < ALPHA
    ? `${base} (${inPoints(clean)}): the two do not start from the same accuracy.`
    : `${base}: no difference can be told.`
}

function gapRemark(series: string, gap: Gap | undefined) {
  if (!gap) return 'No transfer attack was run here: an artefact of the attack cannot be ruled out.'
  const numbers =
    `Under ${attackName(gap.attack)}, examples crafted on ${armName(gap.craftedOn.arm)} instead of ` +
    `on itself change the accuracy of ${seriesName(series)} by ${inPoints(gap)} ` +
    `(transfer − white-box, ${format.pValue(gap.p)}): `
  if (gap.p >= ALPHA) {
    return `${numbers}the white-box attack is no stronger than a transferred one, so its gradients may mislead it.`
  }
  return gap.difference < 0
    ? `${numbers}the black box beats the white box, so the robustness is at least partly an artefact of the attack.`
    : `${numbers}the white-box attack is the stronger one, as it should be.`
}

/**
 * Transfer against white box, under the strongest attack where the view is the worst case; from the
 * model's own architecture and from backprop where there is a choice.
 */
export function gapAt(
  data: Robustness,
  series: string,
  attack: string,
  epsilon: number,
): Gap | undefined {
  const judged = attack === WORST_CASE ? strongestAttack(data, series, epsilon) : attack
  const here = data.gaps.filter(
    gap => gap.series === series && gap.attack === judged && gap.epsilon === epsilon,
  )
  const own = here.filter(gap => gap.craftedOn.architecture === data.setting?.architecture)
  const near = own.length > 0 ? own : here
  return near.find(gap => gap.craftedOn.arm === 'bp') ?? near[0]
}

function place(data: Robustness, attack: string, epsilon: number): string {
  const where = data.setting ? `On ${data.setting.dataset} / ${data.setting.architecture}, ` : ''
  return `${where}${attackName(attack)} ${normName(data.norm)} ε = ${format.epsilon(epsilon)}`
}

function share({ accuracy, low, high }: Pick<CurvePoint, 'accuracy' | 'low' | 'high'>): string {
  return `${format.percent(accuracy)} ${format.percentInterval(low, high)}`
}

/** The interval with each pair of models as one value, or that there is but one. */
function acrossSeeds({ seeds, overSeeds }: Difference): string {
  const several = format.plural(seeds.length, 'seed')
  if (!overSeeds) return several
  return `${format.percentInterval(overSeeds.low, overSeeds.high)} over ${several}`
}

function inPoints({ difference, low, high }: Pick<Difference, 'difference' | 'low' | 'high'>) {
  return `${format.points(difference)} points ${format.percentInterval(low, high)}`
}
