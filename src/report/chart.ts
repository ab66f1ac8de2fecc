import type { Mark } from '../../web/charts/palette.ts'
import { marksOf } from '../../web/charts/palette.ts'
import type { Chart } from './document.ts'
import { type Markup, markup } from './markup.ts'

/** One line of a chart: a mean with its interval, and the seeds behind it. */
export interface ChartLine {
  readonly arm: string
  readonly name: string
  readonly points: readonly {
    readonly x: number
    readonly y: number
    readonly low: number
    readonly high: number
    readonly seeds: readonly number[]
  }[]
}

const [width, height] = [640, 340]
const frame = { left: 52, right: 20, top: 14, bottom: 44 }

/** Accuracy against epsilon as SVG; what it shows is in its title, its numbers are in the tables. */
export function chartSvg({ title, finding, xTitle, lines, chance }: Chart): Markup {
  const most = Math.max(...lines.flatMap(line => line.points.map(point => point.x)), 1e-9)
  const x = (value: number) =>
    round(frame.left + (value / most) * (width - frame.left - frame.right))
  const y = (value: number) => round(frame.top + (1 - value) * (height - frame.top - frame.bottom))
  const marks = marksOf(lines.map(line => line.arm))
  const places = [...new Set(lines.flatMap(line => line.points.map(point => point.x)))]
  return markup`<figure>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${finding}">
${[0, 0.25, 0.5, 0.75, 1].map(
  share => markup`<line class="grid" x1="${frame.left}" x2="${width - frame.right}" y1="${y(share)}" y2="${y(share)}"/>
<text x="${frame.left - 8}" y="${y(share) + 4}" text-anchor="end">${100 * share} %</text>
`,
)}${places.map(
  value => markup`<text x="${x(value)}" y="${height - frame.bottom + 18}" text-anchor="middle">${value}</text>
`,
)}<text x="${width / 2}" y="${height - 6}" text-anchor="middle">${xTitle}</text>
${
  chance === null
    ? ''
    : markup`<line class="chance" x1="${frame.left}" x2="${width - frame.right}" y1="${y(chance)}" y2="${y(chance)}"/>
<text x="${width - frame.right}" y="${y(chance) - 4}" text-anchor="end">guessing</text>
`
}${lines.map((line, index) => lineOf(line, marks[index]!, index, x, y))}</svg>
<figcaption>${title}; mean over seeds with Wilson 95 % intervals, seeds as small points.
${lines.map(
  (line, index) =>
    markup` <span class="key series-${index}"><svg viewBox="0 0 34 12" aria-hidden="true"><line class="curve" x1="0" x2="34" y1="6" y2="6"${dashes(marks[index]!)}/>${shape(marks[index]!, 17, 6)}</svg> ${line.name}</span>`,
)}</figcaption>
</figure>
`
}

/** Style rules that give the lines of the charts their colours on both grounds. */
export function seriesStyle(charts: readonly Chart[]): { light: string; dark: string } {
  const rules = (ground: 'light' | 'dark') =>
    charts
      .flatMap((chart, at) =>
        marksOf(chart.lines.map(line => line.arm)).map(
          (mark, index) => `.chart-${at} .series-${index} { --series: ${mark[ground]} }`,
        ),
      )
      .join('\n')
  return { light: rules('light'), dark: rules('dark') }
}

type Scale = (value: number) => number

function lineOf({ points }: ChartLine, mark: Mark, index: number, x: Scale, y: Scale): Markup {
  // Lines that meet at one epsilon would hide each other's whiskers.
  const shift = (index - 1) * 3
  const at = points.map(point => ({ ...point, px: x(point.x) + shift }))
  const path = at.map(({ px, y: value }) => `${px},${y(value)}`).join(' ')
  return markup`<g class="series-${index}"><polyline class="curve" points="${path}"${dashes(mark)}/>
${at.map(
  ({
    px,
    y: value,
    low,
    high,
    seeds,
  }) => markup`<line class="whisker" x1="${px}" x2="${px}" y1="${y(low)}" y2="${y(high)}"/>
${seeds.map(seed => markup`<circle class="seed" cx="${px}" cy="${y(seed)}" r="2"/>`)}${shape(mark, px, y(value))}
`,
)}</g>
`
}

const dashes = ({ dash }: Mark): Markup | '' =>
  dash.length > 0 ? markup` stroke-dasharray="${dash.join(' ')}"` : ''

/** The mark of a line, as the dashboard has it. */
function shape({ point }: Mark, cx: number, cy: number): Markup {
  const corners: Partial<Record<Mark['point'], readonly (readonly [number, number])[]>> = {
    triangle: [
      [0, -5],
      [5, 4],
      [-5, 4],
    ],
    rectRot: [
      [0, -5],
      [5, 0],
      [0, 5],
      [-5, 0],
    ],
    rect: [
      [-4, -4],
      [4, -4],
      [4, 4],
      [-4, 4],
    ],
  }
  const polygon = corners[point]
  if (point === 'circle') return markup`<circle class="mark" cx="${cx}" cy="${cy}" r="4"/>`
  if (!polygon) {
    return markup`<path class="curve" d="M${cx - 4} ${cy - 4}L${cx + 4} ${cy + 4}M${cx - 4} ${cy + 4}L${cx + 4} ${cy - 4}"/>`
  }
  const points = polygon.map(([dx, dy]) => `${round(cx + dx)},${round(cy + dy)}`).join(' ')
  return markup`<polygon class="mark" points="${points}"/>`
}

const round = (value: number) => Math.round(10 * value) / 10
