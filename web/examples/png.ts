import { surface } from '../charts/palette.ts'
import { download } from '../download.ts'
import { h } from '../h.ts'
import { announce } from '../live.ts'
import type { Card } from './card.ts'

const side = 168
const margin = 16
const lineHeight = 17

/** Saves cards as one PNG on white, under a heading: a row a card, the pictures with their words below. */
export async function savePng(
  name: string,
  heading: string,
  cards: readonly Pick<Card, 'title' | 'tiles'>[],
): Promise<void> {
  const canvas = composed(heading, cards)
  const png = await new Promise<Blob | null>(done => canvas.toBlob(done, 'image/png'))
  if (!png) return
  download(`${name}.png`, png)
  announce(`Saved ${name}.png`)
}

/** A quiet button of a row of exports. */
export function saveButton(text: string, label: string, onclick: () => void): HTMLElement {
  return h('button', { type: 'button', class: 'quiet', onclick, 'aria-label': label }, text)
}

function composed(
  heading: string,
  cards: readonly Pick<Card, 'title' | 'tiles'>[],
): HTMLCanvasElement {
  const { text, background } = surface(false)
  const most = Math.max(1, ...cards.map(({ tiles }) => tiles.length))
  const rowHeight = side + 4 * lineHeight + margin
  const canvas = h('canvas', {
    width: margin + most * (side + margin),
    height: 2 * margin + lineHeight + cards.length * rowHeight,
  })
  const context = canvas.getContext('2d')!
  context.fillStyle = background
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.imageSmoothingEnabled = false
  context.fillStyle = text
  context.font = '600 15px system-ui, sans-serif'
  context.fillText(heading, margin, margin + 12, canvas.width - 2 * margin)
  cards.forEach(({ title, tiles }, row) => {
    const top = 2 * margin + lineHeight + row * rowHeight
    context.fillStyle = text
    context.font = '600 14px system-ui, sans-serif'
    context.fillText(title, margin, top + 12)
    context.font = '12px system-ui, sans-serif'
    tiles.forEach(({ canvas: picture, lines }, at) => {
      const left = margin + at * (side + margin)
      const scale = side / Math.max(picture.width, picture.height)
      const [width, height] = [picture.width * scale, picture.height * scale]
      context.drawImage(picture, left, top + lineHeight + 4, width, height)
      lines.forEach((line, below) => {
        context.fillText(line, left, top + side + (below + 2) * lineHeight + 4, side)
      })
    })
  })
  return canvas
}
