import { readFile } from 'node:fs/promises'
import test from 'ava'
import { contrast, heatColour, inkOn, luminance } from '../../web/charts/heat-colours.ts'

const shares = Array.from({ length: 201 }, (_, at) => at / 200)

test('the scale of a heat map grows lighter all the way, for every kind of sight', t => {
  const values = shares.map(share => luminance(heatColour(share)))
  t.true(values.every((value, at) => at === 0 || value > values[at - 1]!))
  t.is(heatColour(-1), heatColour(0))
  t.is(heatColour(2), heatColour(1))
})

test('the text in a cell keeps 4.5 to 1', t => {
  for (const share of shares) {
    const ground = heatColour(share)
    t.true(contrast(ground, inkOn(ground)) >= 4.5, `${share}: ${ground}`)
  }
  t.is(contrast('#000000', '#ffffff'), 21)
})

test('the scale beside the matrix has the colours of its cells', async t => {
  const style = await readFile('web/styles/transfer.css', 'utf8')
  const colours = [0, 0.5, 1].map(heatColour).join(', ')
  t.true(style.includes(`linear-gradient(to right, ${colours})`))
})
