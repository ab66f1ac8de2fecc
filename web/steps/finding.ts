import type { StepGroup } from '../../server/schemas/gradients.ts'
import type { Finding } from '../finding.ts'
import * as format from '../format.ts'
import { armName } from '../names.ts'
import { type ArmAccuracy, accuracies, differences } from './accuracy.ts'
import { chanceLevel, type StepPoint, stepPoints } from './points.ts'

/** Factor from which on a gradient is called vanishing or growing. */
const VANISHING = 10
/** Factor within which two norms are called alike. */
const ALIKE = 2

/** Whether the likelihood ratio keeps a gradient that backprop loses, and what it buys. */
export function stepFinding(groups: readonly StepGroup[], group: StepGroup): Finding {
  const points = stepPoints(group)
  const arms = accuracies(groups, group)
  return {
    ...answerOf(points),
    numbers: [backprop(points), estimate(points, group), shared(points, group)].join(' '),
    remarks: [
      ...accuracyRemarks(arms, group),
      group.models.length === 1
        ? 'One model only: whether other seeds would give the same is not known.'
        : undefined,
    ].filter(remark => remark !== undefined),
  }
}

type Answer = Pick<Finding, 'headline' | 'verdict'>

function answerOf(points: readonly StepPoint[]): Answer {
  const fall = fallOf(points)
  const told = points.filter(point => point.told !== null)
  if (fall < VANISHING) {
    const grows = fall <= 1 / VANISHING ? ', it grows towards the first step' : ''
    return { verdict: 'none', headline: `Backprop’s gradient does not vanish here${grows}` }
  }
  const ratio = earlyRatio(told)
  if (ratio !== undefined && ratio > ALIKE) return answers.more
  if (ratio !== undefined && ratio < 1 / ALIKE) return answers.less
  if (told.length === points.length) return answers.same
  return spanOf(told) > ALIKE ? answers.hidden : answers.noise
}

const answers = {
  more: {
    verdict: 'more',
    headline:
      'Where it can be told from noise, the likelihood ratio’s gradient vanishes less than backprop’s',
  },
  less: {
    verdict: 'less',
    headline:
      'Where it can be told from noise, the likelihood ratio’s gradient is smaller than backprop’s',
  },
  same: {
    verdict: 'undecided',
    headline: 'The likelihood ratio’s gradient vanishes with backprop’s',
  },
  hidden: {
    verdict: 'undecided',
    headline: 'The likelihood ratio’s gradient falls with backprop’s, until noise hides it',
  },
  noise: {
    verdict: 'undecided',
    headline:
      'Backprop’s gradient vanishes; whether the likelihood ratio’s does is lost in its noise',
  },
} as const satisfies Record<string, Answer>

/** How many times as large as at the first step backprop's gradient is at the last. */
function fallOf(points: readonly StepPoint[]): number {
  return points.at(-1)!.backprop.mean! / points[0]!.backprop.mean!
}

/** How many times as large as its least backprop's gradient is among these steps; 1 without any. */
function spanOf(points: readonly StepPoint[]): number {
  const norms = points.map(point => point.backprop.mean!)
  return norms.length > 0 ? Math.max(...norms) / Math.min(...norms) : 1
}

/**
 * What estimates share over backprop's gradient, at the half of the steps where that is smallest:
 * a single step near the noise does not decide.
 */
function earlyRatio(told: readonly StepPoint[]): number | undefined {
  if (told.length === 0) return undefined
  const ordered = [...told].sort((a, b) => a.backprop.mean! - b.backprop.mean!)
  const half = ordered.slice(0, Math.ceil(ordered.length / 2))
  const logs = half.map(point => Math.log(point.told! / point.backprop.mean!))
  return Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length)
}

function backprop(points: readonly StepPoint[]): string {
  const [first, last] = [points[0]!.backprop, points.at(-1)!.backprop]
  const way = `From the last of ${points.length} steps to the first, backprop’s gradient`
  const sizes = `from ${format.real(last.mean)} to ${format.real(first.mean)}`
  const falls = fallOf(points) >= 1
  const factors = [fallOf(points), ...first.seeds.map((value, at) => last.seeds[at]! / value!)].map(
    value => (falls ? value : 1 / value),
  )
  const [mean, ...single] = factors
  const seeds = single.length > 1 ? ` (single models: ${range(single, format.factor)})` : ''
  return `${way} ${falls ? 'falls' : 'grows'} by a factor of ${format.factor(mean!)}${seeds}, ${sizes}.`
}

function estimate(points: readonly StepPoint[], group: StepGroup): string {
  const [first, last] = [points[0]!, points.at(-1)!]
  const [one, other] = [last.estimate.mean!, first.estimate.mean!]
  const keeps = Math.max(one, other) <= ALIKE * Math.min(one, other)
  const signal = Math.min(first.told ?? chanceLevel(group), other)
  // Rounded down: almost all is not all.
  const noise = format.percent(Math.floor((1 - (signal / other) ** 2) * 1000) / 1000)
  return (
    `One likelihood-ratio estimate (K = ${group.copies}, σ = ${format.epsilon(group.sigma)}) ` +
    `${keeps ? 'keeps its size: it goes' : 'goes'} from ${format.real(one)} to ` +
    `${format.real(other)}, but at the first step ${first.told === null ? 'at least ' : ''}${noise} of its square is noise.`
  )
}

function shared(points: readonly StepPoint[], { repeats, models }: StepGroup): string {
  const told = points.filter(point => point.told !== null)
  const [what, n] = [
    `What ${repeats} estimates of a model share`,
    `(n = ${format.plural(models.length, 'model')})`,
  ]
  if (told.length === 0) return `${what} cannot be told from noise at any step ${n}.`
  const ratios = told.map(point => point.told! / point.backprop.mean!)
  const where =
    told.length === points.length
      ? 'can be told from noise at every step'
      : `can be told from noise at ${told.length} of ${points.length} steps only (${runs(told)})`
  const span =
    told.length > 1
      ? `, which changes by a factor of ${format.factor(spanOf(told))} over these steps`
      : ''
  return `${what} ${where}: there it is ${range(ratios, format.factor)} times backprop’s gradient${span} ${n}.`
}

/** Steps as ranges, e.g. `1, 18 to 20`. */
function runs(points: readonly StepPoint[]): string {
  const found: [from: number, to: number][] = []
  for (const { place } of points) {
    const last = found.at(-1)
    if (last && last[1] === place - 1) last[1] = place
    else found.push([place, place])
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ')
}

function range(values: readonly number[], text: (value: number) => string): string {
  const [low, high] = [text(Math.min(...values)), text(Math.max(...values))]
  return low === high ? low : `${low} to ${high}`
}

function accuracyRemarks(arms: readonly ArmAccuracy[], { chance }: StepGroup): string[] {
  if (arms.length === 0) return []
  const all = arms.map(({ arm, accuracy, models }) => {
    const single = models.map(model => format.percent(model.accuracy)).join(', ')
    return `${armName(arm)} ${format.percent(accuracy)}${models.length > 1 ? ` (${single})` : ''}`
  })
  const list = `Right without attack: ${all.join('; ')}; by guessing ${format.percent(chance)}.`
  const base = arms.find(({ arm }) => arm === 'bp')
  if (!base) return [list]
  const compared = arms.flatMap(arm => {
    const found = arm === base ? [] : differences(arm, base)
    if (found.length === 0) return []
    const better = found.filter(value => value > 0).length
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length
    return [
      `Trained with ${armName(arm.arm)}, ${better} of ${format.plural(found.length, 'model')} ` +
        `${better === 1 ? 'is' : 'are'} more accurate than the backprop twin; the mean difference is ` +
        `${format.points(mean)} points.`,
    ]
  })
  return [list, ...compared]
}
