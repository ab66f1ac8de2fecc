import type { Mark } from './palette.ts'

/** Side of a tile, in CSS pixels; lines that cross it obliquely meet those of its neighbours. */
const side = 8

/** Strokes of a tile, from x, y to x, y; they run past the tile so that its corners are filled. */
const strokes: Readonly<Record<Mark['point'], readonly (readonly number[])[]>> = {
  circle: [],
  triangle: [
    [-2, 10, 10, -2],
    [-2, 2, 2, -2],
    [6, 10, 10, 6],
  ],
  rectRot: [
    [-2, -2, 10, 10],
    [6, -2, 10, 2],
    [-2, 6, 2, 10],
  ],
  rect: [[-2, 4, 10, 4]],
  star: [[4, -2, 4, 10]],
  crossRot: [
    [-2, 4, 10, 4],
    [4, -2, 4, 10],
  ],
}

/**
 * What fills an area of a series: its colour, hatched in its own direction in the colour behind, so
 * that series can be told apart without colour. The first series of all stays plain.
 */
export function hatching(
  point: Mark['point'],
  colour: string,
  behind: string,
): string | CanvasPattern {
  if (strokes[point].length === 0) return colour
  const tile = document.createElement('canvas')
  tile.width = side
  tile.height = side
  const context = tile.getContext('2d')
  if (!context) return colour
  context.fillStyle = colour
  context.fillRect(0, 0, side, side)
  context.strokeStyle = behind
  context.lineWidth = 1.25
  context.beginPath()
  for (const [x = 0, y = 0, toX = 0, toY = 0] of strokes[point]) {
    context.moveTo(x, y)
    context.lineTo(toX, toY)
  }
  context.stroke()
  return context.createPattern(tile, 'repeat') ?? colour
}
