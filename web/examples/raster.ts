import type { Contents, ImageContent } from '../../server/schemas/gallery.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { type Met, metWords } from './card.ts'
import { decodeBytes } from './pixels.ts'

const halfWidth = 110
const gap = 10
const height = 160

/** Spikes of the clean and of the adversarial image, in numbers. */
interface Counts {
  readonly clean: number
  readonly adversarial: number
  /** Of the clean image alone. */
  readonly gone: number
  /** Of the adversarial image alone. */
  readonly fresh: number
}

/**
 * The spikes of a hidden layer: left those of the clean image, right those of the adversarial one;
 * time goes to the right, neurons go down, several to a row where they are many. Spikes of one image
 * alone are coloured.
 */
export function rasterFigure(
  layers: Contents['layers'],
  { spikes }: ImageContent,
  met: Met,
  chosen: number,
): HTMLElement[] {
  const layer = layers[chosen]
  const coded = spikes[chosen]
  if (!layer || coded === undefined) return []
  const bits = decodeBytes(coded)
  const counts = countsOf(bits)
  const perRow = neuronsPerRow(layer.neurons)
  const words =
    `${layer.name}: ${format.plural(counts.clean, 'spike')}, under attack ${counts.adversarial} ` +
    `(${counts.gone} gone, ${counts.fresh} new)` +
    (perRow > 1 ? `; ${perRow} neurons a row` : '')
  const canvas = h('canvas', {
    role: 'img',
    class: 'raster',
    'aria-label': `Spikes of ${layer.neurons} neurons in ${layer.steps} steps, ${words}. ${metWords(met)}`,
  })
  drawRaster(canvas, bits, layer.steps)
  return [h('figure', { class: 'tile spikes' }, canvas, h('figcaption', {}, words))]
}

function countsOf(bits: Uint8Array): Counts {
  const of = (wanted: (code: number) => boolean) => bits.filter(wanted).length
  return {
    clean: of(code => (code & 1) !== 0),
    adversarial: of(code => (code & 2) !== 0),
    gone: of(code => code === 1),
    fresh: of(code => code === 2),
  }
}

/** Spikes of the neurons of one row at one step. */
type Cell = Omit<Counts, 'clean' | 'adversarial'> & { readonly both: number }

/** How many neurons share a row of the picture. */
function neuronsPerRow(neurons: number): number {
  return Math.ceil(neurons / height)
}

/** Rows of cells, one a step; the last row may be of fewer neurons. */
function cellsOf(bits: Uint8Array, neurons: number): Cell[][] {
  const perRow = neuronsPerRow(neurons)
  const cells = Array.from({ length: Math.ceil(neurons / perRow) }, () =>
    Array.from({ length: bits.length / neurons }, () => ({ both: 0, gone: 0, fresh: 0 })),
  )
  bits.forEach((code, at) => {
    const cell = cells[Math.floor((at % neurons) / perRow)]![Math.floor(at / neurons)]!
    if (code === 1) cell.gone++
    if (code === 2) cell.fresh++
    if (code === 3) cell.both++
  })
  return cells
}

/** On white in every theme, as pictures are; where rows are shared, the busiest cell is darkest. */
function drawRaster(canvas: HTMLCanvasElement, bits: Uint8Array, steps: number): void {
  const cells = cellsOf(bits, bits.length / steps)
  const rowHeight = Math.max(1, Math.floor(height / cells.length))
  const stepWidth = Math.max(2, Math.min(16, Math.floor(halfWidth / steps)))
  const half = steps * stepWidth
  canvas.width = 2 * half + gap
  canvas.height = cells.length * rowHeight
  const context = canvas.getContext('2d')!
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = '#c4ccd4'
  context.fillRect(half + gap / 2 - 1, 0, 1, canvas.height)
  const most = Math.max(
    1,
    ...cells.flat().map(({ both, gone, fresh }) => both + Math.max(gone, fresh)),
  )
  const mark = (colour: string, spikes: number, left: number, row: number) => {
    context.fillStyle = colour
    context.globalAlpha = spikes / most
    context.fillRect(left, row * rowHeight, stepWidth - 1, rowHeight)
  }
  cells.forEach((row, at) => {
    row.forEach(({ both, gone, fresh }, step) => {
      const [clean, adversarial] = [step * stepWidth, half + gap + step * stepWidth]
      mark('#17212b', both, clean, at)
      mark('#0072b2', gone, clean, at)
      mark('#17212b', both, adversarial, at)
      mark('#d55e00', fresh, adversarial, at)
    })
  })
}
