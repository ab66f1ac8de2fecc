import test from 'ava'
import { drawLine } from '../../src/data/stroke.ts'

test('a horizontal line fills its thickness and fades over one pixel', t => {
  const canvas = new Float64Array(64)
  drawLine(canvas, 8, [1, 3.25], [6, 3.25], 1)
  const column = Array.from({ length: 8 }, (_, y) => canvas[y * 8 + 4])
  t.deepEqual(column, [0, 0, 0.25, 1, 0.75, 0, 0, 0])
})

test('the ends are round', t => {
  const canvas = new Float64Array(64)
  drawLine(canvas, 8, [2, 4], [5, 4], 1)
  t.is(canvas[4 * 8 + 1], 0.5)
  t.is(canvas[3 * 8 + 1], 1.5 - Math.sqrt(2))
})

test('a point becomes a dot, and what lies outside is cut off', t => {
  const canvas = new Float64Array(64)
  drawLine(canvas, 8, [0, 0], [0, 0], 1)
  drawLine(canvas, 8, [-9, -9], [-5, 20], 2)
  t.deepEqual([...canvas.slice(0, 3)], [1, 0.5, 0])
  t.is(canvas.filter(ink => ink > 0).length, 4)
})

test('strokes that cross keep the darker ink', t => {
  const canvas = new Float64Array(64).fill(0.9)
  drawLine(canvas, 8, [1, 3], [6, 3], 0.25)
  t.is(canvas[3 * 8 + 3], 0.9)
})
