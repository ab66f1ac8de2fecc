import type { Point } from './glyph-shapes.ts'

/**
 * Draws a line from `a` to `b` onto a square canvas of ink in [0, 1], keeping the darker of old and new.
 *
 * Ink falls from 1 to 0 over one pixel around the stroke's edge: its distance there stands for the
 * part of the pixel that is covered.
 *
 * @param canvas ink, [size, size], changed in place
 * @param size pixels a side; pixel centres lie at whole coordinates 0 … size - 1
 * @param radius half the stroke's thickness, in pixels
 */
export function drawLine(
  canvas: Float64Array,
  size: number,
  [ax, ay]: Point,
  [bx, by]: Point,
  radius: number,
): void {
  const reach = radius + 0.5
  const firstRow = Math.max(0, Math.ceil(Math.min(ay, by) - reach))
  const lastRow = Math.min(size - 1, Math.floor(Math.max(ay, by) + reach))
  const firstColumn = Math.max(0, Math.ceil(Math.min(ax, bx) - reach))
  const lastColumn = Math.min(size - 1, Math.floor(Math.max(ax, bx) + reach))
  const dx = bx - ax
  const dy = by - ay
  const square = dx * dx + dy * dy
  for (let y = firstRow; y <= lastRow; y++) {
    for (let x = firstColumn; x <= lastColumn; x++) {
      const along = square === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / square
      const nearest = Math.min(1, Math.max(0, along))
      const offX = x - ax - nearest * dx
      const offY = y - ay - nearest * dy
      const ink = reach - Math.sqrt(offX * offX + offY * offY)
      const at = y * size + x
      if (ink > canvas[at]!) canvas[at] = Math.min(1, ink)
    }
  }
}
