import type { RunCorruption, RunDetail } from '../../server/schemas/runs.ts'
import { drawLines, type Line } from '../charts/lines.ts'
import { unrelatedMarks } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { corruptionName, inFamilies, type Kind, meanAccuracy } from '../natural/families.ts'
import { table } from '../table.ts'

/** Accuracy by kind and severity of natural corruption, or how to measure it. */
export function corruptionContent({ run, corruptions }: RunDetail): HTMLElement[] {
  const jobs = [...new Set(corruptions.map(({ job }) => job))]
  if (jobs.length === 0) {
    const command = `npx gauntlet corrupt --model ${run.id}`
    return [h('p', { class: 'muted' }, 'Not measured yet. Type: ', h('code', {}, command))]
  }
  return jobs.flatMap(job => ofOneJob(corruptions.filter(cell => cell.job === job)))
}

/** All cells about the same images: a table of kinds and severities, a chart a family. */
function ofOneJob(cells: readonly RunCorruption[]): HTMLElement[] {
  const { job, n, cleanAccuracy } = cells[0]!
  const severities = [...new Set(cells.map(({ severity }) => severity))].sort((a, b) => a - b)
  const families = inFamilies(cells)
  const mean = format.percent(meanAccuracy(cells))
  const note =
    `Accuracy by severity, n = ${format.count(n)} test examples; ` +
    `${format.percent(cleanAccuracy)} as they are, ${mean} in the unweighted mean over kinds and severities.`
  return [
    h(
      'div',
      { class: 'card', id: `corruptions-${job}` },
      h('p', { class: 'muted' }, note),
      table('Accuracy by kind and severity of corruption', kindColumns(severities), [
        ...families.flatMap(({ kinds }) => kinds),
        { name: 'mean', cells },
      ]),
    ),
    h(
      'div',
      { class: 'grid wide' },
      ...families.map(({ title, kinds }) => familyFigure(title, kinds, severities)),
    ),
  ]
}

function familyFigure(
  title: string,
  kinds: readonly Kind[],
  severities: readonly number[],
): HTMLElement {
  const cells = kinds.flatMap(kind => kind.cells)
  const { job, n, cleanAccuracy } = cells[0]!
  const worst = cells.reduce((low, cell) => (cell.accuracy < low.accuracy ? cell : low))
  const marks = unrelatedMarks(kinds.map(({ name }) => name))
  const lines = kinds.map(
    (kind, index): Line => ({
      label: corruptionName(kind.name),
      mark: marks[index]!,
      points: kind.cells.map(cell => ({
        x: cell.severity,
        y: cell.accuracy * 100,
        low: cell.low * 100,
        high: cell.high * 100,
        tip: [
          `severity ${cell.severity}: ${format.percent(cell.accuracy)} ${format.percentInterval(cell.low, cell.high)}`,
        ],
      })),
    }),
  )
  return figure({
    name: `${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}-${job}`,
    title,
    note: `n = ${format.count(n)}; bars: Wilson 95 %. Dashed: accuracy on the same examples as they are, ${format.percent(cleanAccuracy)}.`,
    finding: `Lowest is ${corruptionName(worst.corruption)} at severity ${worst.severity} with ${format.percent(worst.accuracy)}; ${format.percent(cleanAccuracy)} as they are.`,
    drawing: drawLines({
      x: { title: 'severity', type: 'linear', min: 0.5, max: 5.5, ticks: severities },
      y: { title: 'accuracy (%)', type: 'linear', min: 0, max: 100 },
      lines,
      references: [{ y: cleanAccuracy * 100 }],
      apart: 0.06,
    }),
    columns: cellColumns,
    rows: cells,
    size: 'small',
  })
}

function kindColumns(severities: readonly number[]): Column<Kind>[] {
  const column = (header: string, value: (kind: Kind) => number | null): Column<Kind> => ({
    header,
    value,
    text: kind => format.percent(value(kind)),
    numeric: true,
  })
  const at = (cells: readonly RunCorruption[], severity: number) => {
    const own = cells.filter(cell => cell.severity === severity)
    return own.length > 0 ? meanAccuracy(own) : null
  }
  return [
    { header: 'Corruption', value: ({ name }) => corruptionName(name) },
    ...severities.map(severity =>
      column(`Severity ${severity}`, ({ cells }) => at(cells, severity)),
    ),
    column('Mean', ({ cells }) => meanAccuracy(cells)),
  ]
}

const cellColumns: readonly Column<RunCorruption>[] = [
  { header: 'Corruption', value: cell => corruptionName(cell.corruption) },
  { header: 'Severity', value: cell => cell.severity, numeric: true },
  {
    header: 'Accuracy',
    unit: 'share',
    value: cell => cell.accuracy,
    text: cell => format.percent(cell.accuracy),
    numeric: true,
  },
  {
    header: '95 % (Wilson)',
    unit: 'text',
    value: cell => format.percentInterval(cell.low, cell.high),
    numeric: true,
  },
  { header: '95 % low', unit: 'share, Wilson', value: cell => cell.low, exportOnly: true },
  { header: '95 % high', unit: 'share, Wilson', value: cell => cell.high, exportOnly: true },
  { header: 'n', value: cell => cell.n, numeric: true },
]
