import type { RunCertified, RunDetail } from '../../server/schemas/runs.ts'
import { drawLines, type Line } from '../charts/lines.ts'
import { familyMarks } from '../charts/palette.ts'
import type { Column } from '../columns.ts'
import { figure } from '../figure.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'

/** Certified accuracy against the radius, a line a certification, or how to certify. */
export function certifiedContent({ run, certified: rows }: RunDetail): HTMLElement {
  const ids = [...new Set(rows.map(({ certification }) => certification))]
  if (ids.length === 0) {
    const command = `npx gauntlet certify --model ${run.id} --sigma 0.25`
    return h('p', { class: 'muted' }, 'Not certified yet. Type: ', h('code', {}, command))
  }
  const groups = ids.map(id => rows.filter(row => row.certification === id))
  const marks = familyMarks(ids.map(() => 'σ'))
  return figure({
    name: `certified-${run.id}`,
    title: 'Certified accuracy by L2 radius',
    note: `Randomized smoothing. ${groups.map(procedure).join(' ')} Bars: Wilson 95 %.`,
    finding: groups.map(reach).join(' '),
    drawing: drawLines({
      x: { title: 'L2 radius (pixel range 0 to 1)', type: 'linear', min: 0 },
      y: { title: 'certified accuracy (%)', type: 'linear', min: 0, max: 100 },
      lines: groups.map(
        (group, index): Line => ({
          label: nameOf(group, groups),
          mark: marks[index]!,
          points: group.map(row => ({
            x: row.radius,
            y: row.accuracy * 100,
            low: row.low * 100,
            high: row.high * 100,
            tip: [
              `radius ${row.radius}: ${format.percent(row.accuracy)} ${format.percentInterval(row.low, row.high)}`,
              `${row.certified} of ${row.n} examples`,
            ],
          })),
        }),
      ),
    }),
    columns,
    rows,
    size: 'medium',
  })
}

type Certification = readonly RunCertified[]

/** σ, and what tells a certification from others of the same σ. */
function nameOf([first]: Certification, groups: readonly Certification[]): string {
  const { sigma, n, estimation, seed } = first!
  const alone = groups.filter(group => group[0]!.sigma === sigma).length === 1
  const rest = alone ? '' : `, n ${n}, ${format.count(estimation)} copies, seed ${seed}`
  return `σ ${format.epsilon(sigma)}${rest}`
}

function procedure([first]: Certification): string {
  const { sigma, n, abstained, selection, estimation, alpha } = first!
  return (
    `σ ${format.epsilon(sigma)}: n = ${format.count(n)}, ${format.count(abstained)} abstained, ` +
    `${format.count(selection)} + ${format.count(estimation)} noisy copies, ` +
    `each certificate wrong with a probability of at most ${format.epsilon(alpha)}.`
  )
}

function reach(group: Certification): string {
  const [first] = group
  const last = group.findLast(row => row.certified > 0)
  const start = `With σ ${format.epsilon(first!.sigma)}, ${format.percent(first!.accuracy)} are right`
  return last && last.radius > 0
    ? `${start} and ${format.percent(last.accuracy)} are certified within ${last.radius}.`
    : `${start} and none is certified within 0.25.`
}

const columns: readonly Column<RunCertified>[] = [
  {
    header: 'σ',
    value: row => row.sigma,
    text: row => format.epsilon(row.sigma),
    numeric: true,
  },
  { header: 'L2 radius', unit: 'pixel range 0 to 1', value: row => row.radius, numeric: true },
  {
    header: 'Certified accuracy',
    unit: 'share',
    value: row => row.accuracy,
    text: row => format.percent(row.accuracy),
    numeric: true,
  },
  {
    header: '95 % (Wilson)',
    unit: 'text',
    value: row => format.percentInterval(row.low, row.high),
    numeric: true,
  },
  { header: '95 % low', unit: 'share, Wilson', value: row => row.low, exportOnly: true },
  { header: '95 % high', unit: 'share, Wilson', value: row => row.high, exportOnly: true },
  { header: 'Examples', value: row => `${row.certified} of ${row.n}`, numeric: true },
  { header: 'Abstained', value: row => row.abstained, numeric: true },
  { header: 'Copies', value: row => row.estimation, numeric: true },
]
