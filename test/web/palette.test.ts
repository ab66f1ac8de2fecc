import test from 'ava'
import { familyMarks, surface, unrelatedMarks } from '../../web/charts/palette.ts'

/** Relative luminance of `#rrggbb`. @see https://www.w3.org/TR/WCAG21/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map(at => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high! + 0.05) / (low! + 0.05)
}

test('every line keeps three to one against its ground, and differs from every other', t => {
  const families = ['a', 'b', 'c', 'd', 'e'].flatMap(name => Array<string>(6).fill(name))
  const marks = familyMarks(families)
  for (const mark of marks) {
    t.true(contrast(mark.light, surface(false).background) >= 3, mark.light)
    t.true(contrast(mark.dark, surface(true).background) >= 3, mark.dark)
  }
  const looks = marks.map(({ point, dash }) => `${point} ${dash}`)
  t.is(new Set(looks).size, families.length, 'without colour too')
  t.is(new Set(marks.map(mark => mark.light)).size, families.length)
})

test('five unrelated lines differ in colour, in dash and in point style', t => {
  const marks = unrelatedMarks(['a', 'b', 'c', 'd', 'e'])
  const differ = [
    new Set(marks.map(mark => mark.light)),
    new Set(marks.map(mark => mark.dark)),
    new Set(marks.map(mark => mark.point)),
    new Set(marks.map(mark => mark.dash.join())),
  ]
  for (const looks of differ) t.is(looks.size, 5)
})
