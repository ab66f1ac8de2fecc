import { Chart, type Drawing, toPng } from './charts/chart.ts'
import { surface } from './charts/palette.ts'
import type { Column } from './columns.ts'
import { toCsv, toJson } from './csv.ts'
import { download } from './download.ts'
import { h } from './h.ts'
import { announce } from './live.ts'
import { table } from './table.ts'
import { isDark, onThemeChange } from './theme.ts'

/** A chart with everything that belongs to it. */
export interface Figure<Row> {
  /** Also the name of exported files. */
  readonly name: string
  readonly title: string
  /** n, interval method, how to read it. */
  readonly note: string
  /** What the chart shows, for people who do not see it: the finding, not the look. */
  readonly finding: string
  readonly drawing: Drawing
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly size?: 'large' | 'medium' | 'small'
}

interface Live {
  readonly canvas: HTMLCanvasElement
  readonly resize: () => void
  readonly stop: () => void
}

let live: Live[] = []

// Paper has another width than the window, and no observer tells the charts in time.
for (const event of ['beforeprint', 'afterprint']) {
  addEventListener(event, () => {
    for (const one of live) one.resize()
  })
}

/**
 * A figure: heading, chart, note, the same data as a table, and exports. The chart is drawn when
 * the figure is on the page (its size is known then) and again when the colours change.
 */
export function figure<Row>(one: Figure<Row>): HTMLElement {
  const canvas = h('canvas', { role: 'img', 'aria-label': `${one.title}. ${one.finding}` })
  const size = one.size ?? 'large'
  requestAnimationFrame(() => {
    if (canvas.isConnected) live.push(draw(canvas, one.drawing))
  })
  return h(
    'figure',
    { class: `card figure ${size}`, 'data-figure': one.name },
    h('h3', {}, one.title),
    h('div', { class: 'canvas' }, canvas),
    h('figcaption', {}, one.note),
    h(
      'div',
      { class: 'figure-foot' },
      h(
        'details',
        { id: `table-${one.name}` },
        h('summary', {}, 'Table'),
        table(one.title, one.columns, one.rows),
      ),
      exports_(one, canvas),
    ),
  )
}

function draw(canvas: HTMLCanvasElement, drawing: Drawing): Live {
  let chart = new Chart(canvas, drawing(surface(isDark())))
  const stopTheme = onThemeChange(() => {
    chart.destroy()
    chart = new Chart(canvas, drawing(surface(isDark())))
  })
  return {
    canvas,
    resize: () => chart.resize(),
    stop: () => {
      stopTheme()
      chart.destroy()
    },
  }
}

/** Frees the charts that are no longer on the page. */
export function sweepCharts(): void {
  live = live.filter(one => {
    if (one.canvas.isConnected) return true
    one.stop()
    return false
  })
}

function exports_<Row>(one: Figure<Row>, canvas: HTMLCanvasElement): HTMLElement {
  const save = (extension: string, type: string, content: () => string) => () => {
    download(`${one.name}.${extension}`, new Blob([content()], { type }))
    announce(`Saved ${one.name}.${extension}`)
  }
  const savePng = async () => {
    const { clientWidth, clientHeight } = canvas
    const note = wrapped(one.note, clientWidth / 6.8)
    const height = clientHeight + 17 * (note.length + 2)
    const png = await toPng(one.drawing, surface(false), one.title, note, clientWidth, height)
    download(`${one.name}.png`, png)
    announce(`Saved ${one.name}.png`)
  }
  const button = (text: string, onclick: () => void) =>
    h(
      'button',
      { type: 'button', class: 'quiet', onclick, 'aria-label': `${text} of: ${one.title}` },
      text,
    )
  return h(
    'div',
    { class: 'exports', role: 'group', 'aria-label': `Save: ${one.title}` },
    button(
      'CSV',
      save('csv', 'text/csv;charset=utf-8', () => toCsv(one.columns, one.rows)),
    ),
    button(
      'JSON',
      save('json', 'application/json', () => toJson(one.columns, one.rows)),
    ),
    button('PNG', savePng),
  )
}

/** Lines of at most so many characters, broken between words. */
function wrapped(text: string, length: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim()
    if (longer.length <= length) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}
