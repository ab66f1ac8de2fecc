import type {
  Curve,
  CurvePoint,
  Difference,
  Gap,
  Robustness,
} from '../../server/schemas/robustness.ts'
import { WORST_CASE } from '../../server/worst-case.ts'
import { summarise } from '../statistics/mean.ts'

/** A table as rows of text, the first the head. */
export type Rows = readonly (readonly string[])[]

/** What is said of one setting at one radius. */
export interface Comparison {
  readonly title: string
  /** Accuracy of every arm under every attack. */
  readonly accuracies: Rows
  /** Every other arm against one, and every arm's transfer against its white box. */
  readonly differences: Rows
}

const none = '–'

/**
 * The tables for one radius: accuracies in percent, mean ± standard deviation over the seeds; and
 * differences in points with the interval over seeds, that over examples, and Holm's p.
 */
export function comparison(data: Robustness, epsilon: number): Comparison {
  const attacks = data.attacks.filter(attack =>
    data.curves.some(curve => curve.attack === attack && pointAt(curve, epsilon)),
  )
  const single = attacks.filter(attack => attack !== WORST_CASE)
  const moved = transferred(data, single, epsilon)
  const columns = [
    { title: 'clean', cell: (key: string) => cleanCell(data, key) },
    ...(moved
      ? [
          {
            title: `transfer (${moved})`,
            cell: (key: string) => transfer(data, key, moved, epsilon),
          },
        ]
      : []),
    ...[...single, ...attacks.filter(attack => attack === WORST_CASE)].map(attack => ({
      title: attack,
      cell: (key: string) => cell(white(data, key, attack), epsilon),
    })),
  ]
  return {
    title: titleOf(data, epsilon),
    accuracies: [
      ['arm', ...columns.map(({ title }) => title)],
      ...data.series.map(({ key }) => [key, ...columns.map(column => column.cell(key))]),
    ],
    differences: [
      ['what', 'attack', 'points', 'over seeds', 'over examples', 'p (Holm)', 'n', 'seeds'],
      ...data.differences
        .filter(one => one.epsilon === epsilon)
        .map(one => row(`${one.series} − ${one.against}`, one)),
      ...gapsAt(data, moved, epsilon).map(one => row(`${one.series}: transfer − white box`, one)),
    ],
  }
}

function titleOf({ setting, series, norm }: Robustness, epsilon: number): string {
  const seeds = series.map(({ models }) => models.length)
  const [least, most] = [Math.min(...seeds), Math.max(...seeds)]
  return (
    `${setting?.dataset} / ${setting?.architecture}, ${norm} ${epsilon}, ` +
    `${least === most ? most : `${least} to ${most}`} ${most === 1 ? 'seed' : 'seeds'}`
  )
}

/** The attack whose transfer is shown: the iterated one by gradients if it is there. */
function transferred(data: Robustness, attacks: readonly string[], epsilon: number) {
  const moved = attacks.filter(attack =>
    data.curves.some(one => one.attack === attack && one.craftedOn && pointAt(one, epsilon)),
  )
  return moved.includes('pgd') ? 'pgd' : moved[0]
}

function white({ curves }: Robustness, series: string, attack: string): Curve | undefined {
  return curves.find(one => one.series === series && one.attack === attack && !one.craftedOn)
}

/** Examples of the backprop twin; for backprop, those of the first other arm. */
function sourceArm({ series }: Robustness, key: string): string | undefined {
  const arm = series.find(one => one.key === key)?.arm
  if (arm !== 'bp') return 'bp'
  const others = series.map(one => one.arm).filter(other => other !== 'bp')
  return others.includes('lr-logit') ? 'lr-logit' : others[0]
}

const fromTwin =
  (data: Robustness, key: string) =>
  ({ craftedOn }: Pick<Curve | Gap, 'craftedOn'>) =>
    craftedOn?.arm === sourceArm(data, key) &&
    craftedOn?.architecture === data.setting?.architecture

function transfer(data: Robustness, key: string, attack: string, epsilon: number): string {
  const twin = fromTwin(data, key)
  const curve = data.curves.find(one => one.series === key && one.attack === attack && twin(one))
  return cell(curve, epsilon)
}

function gapsAt(data: Robustness, attack: string | undefined, epsilon: number): Gap[] {
  return data.gaps.filter(
    one => one.attack === attack && one.epsilon === epsilon && fromTwin(data, one.series)(one),
  )
}

/** Without attack, on the examples of the attack that most examples met. */
function cleanCell({ curves }: Robustness, key: string): string {
  const points = curves.filter(({ series }) => series === key).map(one => pointAt(one, 0))
  const most = points
    .filter(point => point !== undefined)
    .sort((a, b) => b.n - a.n)
    .at(0)
  return most ? accuracy(most) : none
}

function cell(curve: Curve | undefined, epsilon: number): string {
  const point = curve && pointAt(curve, epsilon)
  return point ? accuracy(point) : none
}

function pointAt({ points }: Curve, epsilon: number): CurvePoint | undefined {
  return points.find(point => point.epsilon === epsilon)
}

function accuracy({ seeds }: CurvePoint): string {
  const { mean, sd } = summarise(seeds.map(one => one.accuracy))
  return sd === null ? percent(mean) : `${percent(mean)} ± ${percent(sd)}`
}

function row(what: string, one: Difference | Gap): string[] {
  const { attack, difference, overSeeds, bootstrap, low, high, holm, n, seeds } = one
  return [
    what,
    attack,
    signed(difference),
    overSeeds ? interval(overSeeds) : none,
    interval(bootstrap ?? { low, high }),
    holm === null ? none : pValue(holm),
    `${n}`,
    `${seeds.length}`,
  ]
}

const percent = (share: number) => (100 * share).toFixed(1)

function signed(difference: number): string {
  const text = percent(difference)
  if (Number(text) === 0) return '0.0'
  return difference > 0 ? `+${text}` : text
}

function interval({ low, high }: { readonly low: number; readonly high: number }): string {
  return `[${signed(low)}, ${signed(high)}]`
}

function pValue(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}
