import type { CleanCell, Transfer, TransferCell } from '../../server/schemas/transfer.ts'
import { budget, epsilonUnit, isRadius } from '../budget.ts'
import { drawHeatMap, type HeatCell } from '../charts/heat-map.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { attackName, normName } from '../names.ts'
import { groupLines, groupNames, narrowLines } from './group-name.ts'

/** What is shown as one cell: a target under a source's examples, or without attack. */
interface Row {
  readonly source: string
  readonly target: string
  readonly kind: 'white-box' | 'transfer' | 'no attack'
  readonly cell: TransferCell | CleanCell
}

type Shown = Transfer & { readonly chosen: NonNullable<Transfer['chosen']> }

/** Accuracy of every target on the examples of every source. */
export function matrixFigure(data: Shown, finding: string): HTMLElement {
  const { chosen, sources, targets, cells } = data
  const names = groupNames([...sources, ...targets])
  const rows = rowsOf(data, names)
  const drawn = rows.filter(({ cell, kind }) => kind !== 'transfer' || isDrawn(data, cell))
  const missing = (sources.length + 1) * targets.length - drawn.length
  const judged = cells.map(cell => cell.perSeed.length)
  const models =
    Math.max(...judged) === 1
      ? 'one judged model a cell'
      : `mean over ${range(judged)} judged models; seeds of source and target: ${seedWords[chosen.seeds]}`
  const title = `Accuracy under ${titleOf(chosen)}, source by target`
  const built = figure({
    name: `transfer-matrix-${chosen.attack}-${chosen.norm}`,
    title,
    note: [
      `Percent of n = ${range(cells.map(cell => cell.n))} test examples, ${models}.`,
      'Dark is low. Framed and bold: white-box, crafted on the judged model itself.',
      missing > 0 ? `Dashed and empty: ${format.plural(missing, 'pair')} not measured.` : '',
      'Intervals (Wilson 95 % over examples, Student 95 % over seeds): in the tooltips and the table.',
    ]
      .filter(Boolean)
      .join(' '),
    finding,
    drawing: drawHeatMap({
      x: {
        title: 'crafted on (source)',
        labels: [['no attack'], ...sources.map(narrowLines)],
      },
      y: { title: 'judged (target)', labels: targets.map(groupLines) },
      apart: 1,
      cells: drawn.map(row => heatCell(data, row)),
    }),
    columns: columns(data),
    rows,
  })
  const frame = built.querySelector<HTMLElement>('.canvas')!
  frame.style.height = `${100 + Math.max(targets.length, 2) * 58}px`
  frame.style.minWidth = `${190 + sources.length * 66}px`
  const region = { tabindex: 0, role: 'region', 'aria-label': title }
  const scroll = h('div', { class: 'matrix-scroll', ...region })
  frame.replaceWith(scroll)
  scroll.append(frame)
  return built
}

const seedWords = { same: 'the same', other: 'different', all: 'all' } as const

/** What an attack and its budget are called in titles, e.g. `PGD, L∞ ε = 0.1`. */
export function titleOf({ attack, norm, epsilon }: Shown['chosen']): string {
  return isRadius(norm)
    ? `${attackName(attack)}, ${normName(norm)} ε = ${format.epsilon(epsilon)}`
    : `${attackName(attack)}, ${budget(norm, epsilon)}`
}

/** Where a model's own attack stands, transfer between seeds of that kind of model has no room. */
function isDrawn({ cells }: Shown, cell: Row['cell']): boolean {
  if (!('source' in cell) || cell.source !== cell.target) return true
  return !cells.some(
    ({ source, target, whiteBox }) => whiteBox && source === cell.source && target === cell.target,
  )
}

function rowsOf({ cells, clean, sources, targets }: Shown, names: ReadonlyMap<string, string>) {
  const order = (id: string) => sources.findIndex(source => source.id === id)
  return targets.flatMap(({ id }): Row[] => {
    const own = cells
      .filter(cell => cell.target === id)
      .toSorted(
        (a, b) => order(a.source) - order(b.source) || Number(a.whiteBox) - Number(b.whiteBox),
      )
    const target = names.get(id)!
    const unattacked = clean.find(cell => cell.target === id)
    return [
      ...(unattacked
        ? [{ source: 'no attack', target, kind: 'no attack' as const, cell: unattacked }]
        : []),
      ...own.map(cell => ({
        source: names.get(cell.source)!,
        target,
        kind: cell.whiteBox ? ('white-box' as const) : ('transfer' as const),
        cell,
      })),
    ]
  })
}

function heatCell({ sources, targets }: Shown, row: Row): HeatCell {
  const { cell, kind } = row
  const { accuracy, low, high, overSeeds, n, perSeed } = cell
  return {
    column: 'source' in cell ? 1 + sources.findIndex(source => source.id === cell.source) : 0,
    row: targets.findIndex(target => target.id === cell.target),
    share: accuracy,
    text: [(accuracy * 100).toFixed(1), ...(kind === 'white-box' ? ['white-box'] : [])] as [string],
    framed: kind === 'white-box',
    tip: [
      kind === 'no attack'
        ? `${row.target} without attack`
        : `${row.source} → ${row.target}, ${kind}`,
      `${format.percent(accuracy)} ${format.percentInterval(low, high)} Wilson 95 %, n = ${format.count(n)}`,
      overSeeds
        ? `${format.percentInterval(overSeeds.low, overSeeds.high)} Student 95 % over ${perSeed.length} models`
        : 'one model',
    ],
  }
}

const columns = ({ chosen }: Shown): readonly Column<Row>[] => [
  { header: 'Source', value: row => row.source },
  { header: 'Target', value: row => row.target },
  { header: 'Kind', value: row => row.kind },
  {
    header: 'ε',
    unit: epsilonUnit(chosen.norm, [chosen.attack]),
    value: row => (row.kind === 'no attack' ? 0 : chosen.epsilon),
    exportOnly: true,
  },
  {
    header: 'Accuracy',
    unit: 'share',
    value: ({ cell }) => cell.accuracy,
    text: ({ cell }) => format.percent(cell.accuracy),
    numeric: true,
  },
  { header: '95 % low', unit: 'share, Wilson', value: ({ cell }) => cell.low, exportOnly: true },
  { header: '95 % high', unit: 'share, Wilson', value: ({ cell }) => cell.high, exportOnly: true },
  {
    header: '95 % interval',
    value: ({ cell }) => format.percentInterval(cell.low, cell.high),
    numeric: true,
  },
  {
    header: '95 % low over seeds',
    unit: "share, Student's t",
    value: ({ cell }) => cell.overSeeds?.low ?? null,
    exportOnly: true,
  },
  {
    header: '95 % high over seeds',
    unit: "share, Student's t",
    value: ({ cell }) => cell.overSeeds?.high ?? null,
    exportOnly: true,
  },
  {
    header: '95 % over seeds',
    value: ({ cell }) =>
      format.percentInterval(cell.overSeeds?.low ?? null, cell.overSeeds?.high ?? null),
    numeric: true,
  },
  {
    header: 'n',
    unit: 'test examples',
    value: ({ cell }) => cell.n,
    text: ({ cell }) => format.count(cell.n),
    numeric: true,
  },
  {
    header: 'By seed',
    unit: 'percent',
    value: ({ cell }) =>
      cell.perSeed.map(one => `${one.seed}: ${(one.accuracy * 100).toFixed(1)}`).join('; '),
  },
]

/** A number, or the smallest and the largest. */
export function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return low === high ? format.count(low) : `${format.count(low)}–${format.count(high)}`
}
