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
 * time goes to the right, neurons go down. Spikes of one image alone are coloured.
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
  const words =
    `${layer.name}: ${format.plural(counts.clean, 'spike')}, under attack ${counts.adversarial} ` +
    `(${counts.gone} gone, ${counts.fresh} new)`
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

/** On white in every theme, as pictures are. */
function drawRaster(canvas: HTMLCanvasElement, bits: Uint8Array, steps: number): void {
  const neurons = bits.length / steps
  const rowHeight = Math.max(1, Math.floor(height / neurons))
  const stepWidth = Math.max(2, Math.min(16, Math.floor(halfWidth / steps)))
  const half = steps * stepWidth
  canvas.width = 2 * half + gap
  canvas.height = neurons * rowHeight
  const context = canvas.getContext('2d')!
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = '#c4ccd4'
  context.fillRect(half + gap / 2 - 1, 0, 1, canvas.height)
  const mark = (colour: string, left: number, at: number) => {
    context.fillStyle = colour
    const step = Math.floor(at / neurons)
    context.fillRect(left + step * stepWidth, (at % neurons) * rowHeight, stepWidth - 1, rowHeight)
  }
  bits.forEach((code, at) => {
    if (code & 1) mark(code === 1 ? '#0072b2' : '#17212b', 0, at)
    if (code & 2) mark(code === 2 ? '#d55e00' : '#17212b', half + gap, at)
  })
}
