import type { ChartConfiguration, ChartOptions, ScriptableContext } from 'chart.js'
import { MatrixController, MatrixElement } from 'chartjs-chart-matrix'
import { Chart, type Drawing, options } from './chart.ts'
import { heatColour, inkOn } from './heat-colours.ts'
import type { Surface } from './palette.ts'

Chart.register(MatrixController, MatrixElement)

/** One cell that was measured. */
export interface HeatCell {
  readonly column: number
  readonly row: number
  /** From 0 to 1: the colour. */
  readonly share: number
  /** Written in the cell; a second line only where there is room. */
  readonly text: readonly [value: string, more?: string]
  /** Drawn with a frame. */
  readonly framed: boolean
  /** Lines of the tooltip. */
  readonly tip: readonly string[]
}

/** A matrix of shares. */
export interface HeatMap {
  readonly x: { readonly title: string; readonly labels: readonly (readonly string[])[] }
  readonly y: { readonly title: string; readonly labels: readonly (readonly string[])[] }
  /** Columns at the left that stand apart from the others. */
  readonly apart: number
  readonly cells: readonly HeatCell[]
}

/** Room between the columns that stand apart and the others, in columns. */
const gap = 0.3

/** A cell's size as a share of the room that it has. */
const filled = 0.94

/**
 * A heat map with the value in every cell, so that colour is never alone. What was not measured is an
 * empty dashed box. The first row is at the top.
 */
export function drawHeatMap(map: HeatMap): Drawing {
  const [width, height] = [map.x.labels.length, map.y.labels.length]
  const columnAt = (column: number) => column + (map.apart > 0 && column >= map.apart ? gap : 0)
  const right = columnAt(width - 1)
  return surface => {
    const x = { title: map.x.title, min: -0.5, max: right + 0.5 }
    const y = { title: map.y.title, min: -0.5, max: height - 0.5 }
    const config = options({ ...x, type: 'linear' }, { ...y, type: 'linear' }, surface, false)
    const scales = config.scales as Record<'x' | 'y', Record<string, unknown>>
    label(scales.x, map.x.labels, columnAt)
    label(scales.y, map.y.labels, row => row)
    scales.x.position = 'top'
    // The controller's own defaults would pad both axes and turn the rows around.
    scales.x.offset = false
    scales.y.offset = false
    scales.y.reverse = true
    config.interaction = { mode: 'nearest', intersect: true }
    config.plugins!.tooltip!.callbacks = {
      title: () => '',
      label: item => [...(item.raw as HeatCell).tip],
    }
    const room = ({ chart }: Pick<ScriptableContext<'line'>, 'chart'>) => ({
      width: (chart.chartArea?.width ?? 0) / (right + 1),
      height: (chart.chartArea?.height ?? 0) / height,
    })
    config.plugins!.annotation = {
      annotations: [...words(map, columnAt, room), ...blanks(map, columnAt, surface)],
    } as never
    return {
      type: MatrixController.id,
      data: {
        datasets: [
          {
            label: map.x.title,
            data: map.cells.map(cell => ({ ...cell, x: columnAt(cell.column), y: cell.row })),
            backgroundColor: map.cells.map(cell => heatColour(cell.share)),
            borderColor: map.cells.map(({ framed }) => (framed ? surface.text : surface.grid)),
            borderWidth: map.cells.map(({ framed }) => (framed ? 3 : 1)),
            width: (context: ScriptableContext<'line'>) => room(context).width * filled,
            height: (context: ScriptableContext<'line'>) => room(context).height * filled,
          },
        ],
      },
      options: config as ChartOptions,
    } as unknown as ChartConfiguration
  }
}

function label(
  scale: Record<string, unknown>,
  labels: readonly (readonly string[])[],
  placeOf: (at: number) => number,
): void {
  const ticks = labels.map((_, at) => ({ value: placeOf(at) }))
  scale.afterBuildTicks = (built: { ticks: unknown }) => {
    built.ticks = ticks
  }
  scale.ticks = {
    ...(scale.ticks as object),
    autoSkip: false,
    maxRotation: 90,
    callback: (_: unknown, at: number) => [...labels[at]!],
  }
  scale.grid = { display: false, drawTicks: false }
  scale.border = { display: false }
}

type Room = (context: Pick<ScriptableContext<'line'>, 'chart'>) => {
  readonly width: number
  readonly height: number
}

/** The value of each cell; the second line where the cell is large. */
function words({ cells }: HeatMap, columnAt: (column: number) => number, room: Room) {
  const large = (context: { chart: Chart }) => room(context).width > 78 && room(context).height > 42
  return cells.map(({ column, row, share, text: [value, more], framed }) => ({
    type: 'label',
    xValue: columnAt(column),
    yValue: row,
    content: (context: { chart: Chart }) => (more && large(context) ? [value, more] : [value]),
    color: inkOn(heatColour(share)),
    font: (context: { chart: Chart }) => [
      {
        size: Math.max(9, Math.min(15, room(context).width / 3.3)),
        weight: framed ? 'bold' : 'normal',
      },
      { size: 11, weight: 'normal' },
    ],
    padding: 0,
  }))
}

/** Dashed boxes where nothing was measured. */
function blanks(map: HeatMap, columnAt: (column: number) => number, surface: Surface) {
  const measured = new Set(map.cells.map(({ column, row }) => `${column} ${row}`))
  const half = filled / 2
  return map.y.labels.flatMap((_, row) =>
    map.x.labels.flatMap((_, column) => {
      if (measured.has(`${column} ${row}`)) return []
      const x = columnAt(column)
      return [
        {
          type: 'box',
          ...{ xMin: x - half, xMax: x + half, yMin: row - half, yMax: row + half },
          backgroundColor: 'transparent',
          borderColor: surface.muted,
          borderWidth: 1,
          borderDash: [3, 4],
          label: { display: true, content: '–', color: surface.muted },
        },
      ]
    }),
  )
}
