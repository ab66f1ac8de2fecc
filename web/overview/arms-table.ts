import type { CurvePoint, Flag, Robustness } from '../../server/schemas/robustness.ts'
import type { Series } from '../../server/schemas/settings.ts'
import { WORST_CASE } from '../../server/worst-case.ts'
import { gapAt, whiteBox } from '../finding.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { attackName, seriesName } from '../names.ts'
import { flagTitles } from '../pages/finding-card.ts'
import { verdictBadge } from '../pages/verdicts.ts'
import { type TableColumn, table } from '../table.ts'
import { verdictOf } from './trust.ts'

/** Every arm at one radius: accuracies, difference, transfer, verdict and flags in one row. */
export function armsTable(data: Robustness, attack: string, epsilon: number): HTMLElement {
  const title = `All arms at ε = ${format.epsilon(epsilon)}`
  return h(
    'section',
    { 'aria-labelledby': 'arms' },
    h('h2', { id: 'arms' }, title),
    h(
      'div',
      { class: 'card' },
      table(
        `Accuracy, difference and flags of each arm at ε = ${format.epsilon(epsilon)}`,
        columnsOf(data, attack, epsilon),
        data.series,
      ),
      h(
        'p',
        { class: 'muted note' },
        'White-box accuracy in percent with its Wilson 95 % interval, clustered by example; worst ' +
          'case over all attacks in bold. Differences in points, under ' +
          `${attackName(attack)}: Student's 95 % over seeds (of one seed: Agresti-Min over ` +
          'examples), p adjusted by Holm. Transfer − white-box below zero: the attack is in doubt.',
      ),
    ),
  )
}

function columnsOf(data: Robustness, attack: string, epsilon: number): TableColumn<Series>[] {
  const at = (series: Series, under: string, size: number) =>
    whiteBox(data, series.key, under)?.points.find(point => point.epsilon === size)
  const attacks = data.attacks.filter(one => one !== WORST_CASE)
  const difference = ({ key }: Series) =>
    data.differences.find(
      one => one.series === key && one.attack === attack && one.epsilon === epsilon,
    )
  return [
    { header: 'Arm', value: series => seriesName(series.key) },
    { header: 'Seeds', value: series => series.models.length, numeric: true },
    accuracy('No attack', series => at(series, WORST_CASE, 0)),
    ...attacks.map(one => accuracy(attackName(one), series => at(series, one, epsilon))),
    accuracy('Worst case', series => at(series, WORST_CASE, epsilon), true),
    {
      header: 'Difference',
      value: series => difference(series)?.difference ?? null,
      element: series => {
        const one = difference(series)
        if (!one) return document.createTextNode('–')
        const { low, high } = one.overSeeds ?? one
        const p = format.pValue(one.holm ?? one.p)
        return stacked(format.points(one.difference), format.percentInterval(low, high), p)
      },
      numeric: true,
    },
    {
      header: 'Transfer − white-box',
      value: series => gapAt(data, series.key, attack, epsilon)?.difference ?? null,
      element: series => {
        const gap = gapAt(data, series.key, attack, epsilon)
        if (!gap) return document.createTextNode('–')
        return stacked(format.points(gap.difference), format.percentInterval(gap.low, gap.high))
      },
      numeric: true,
    },
    {
      header: 'Real?',
      value: () => null,
      element: ({ key }) => {
        const found = verdictOf(data, key, epsilon)
        if (!found) return document.createTextNode('not checked')
        return h('a', { href: `/runs/${found.model}` }, verdictBadge(found.word))
      },
    },
    {
      header: 'Flags',
      value: () => null,
      element: ({ key }) => flagsOf(data, key, epsilon),
    },
  ]
}

function accuracy(
  header: string,
  point: (series: Series) => CurvePoint | undefined,
  bold = false,
): TableColumn<Series> {
  return {
    header,
    value: series => point(series)?.accuracy ?? null,
    element: series => {
      const one = point(series)
      if (!one) return document.createTextNode('–')
      const share = h(bold ? 'strong' : 'span', {}, (one.accuracy * 100).toFixed(1))
      const n = `n = ${format.count(one.n)}`
      return stacked(share, format.percentInterval(one.low, one.high), n)
    },
    numeric: true,
  }
}

/** A number over its interval and what else belongs to it. */
function stacked(value: Node | string, ...below: readonly string[]): HTMLElement {
  return h('span', { class: 'stacked' }, value, ...below.map(line => h('small', {}, line)))
}

/** What is flagged of a series at this radius or at none in particular, with the way to the words. */
function flagsOf({ flags }: Robustness, key: string, epsilon: number): Node {
  const own = flags.filter(
    flag => flag.series === key && (flag.epsilon === null || flag.epsilon === epsilon),
  )
  const kinds = [...new Set(own.map((flag): Flag['kind'] => flag.kind))]
  if (kinds.length === 0) return document.createTextNode('none')
  return h('a', { href: '#flags' }, kinds.map(kind => flagTitles[kind]).join('; '))
}
