import test from 'ava'
import { corruptionNames } from '../../src/evaluation/corruptions/corrupt.ts'
import { corruptionName, inFamilies, meanAccuracy } from '../../web/natural/families.ts'

const cell = (corruption: string, severity: number, accuracy: number) => ({
  ...{ job: 'j', corruption, severity, accuracy, seed: 0, n: 10 },
  ...{ cleanAccuracy: 1, low: 0, high: 1 },
})

test('every corruption that there is has a family, once', t => {
  const families = inFamilies(corruptionNames.map(name => cell(name, 1, 0.5)))
  t.false(families.some(({ title }) => title === 'Other'))
  const names = families.flatMap(({ kinds }) => kinds.map(({ name }) => name))
  t.deepEqual(names.toSorted(), [...corruptionNames])
})

test('kinds come in families with their cells from the mildest, unknown ones last', t => {
  const cells = [
    cell('mud', 1, 0),
    cell('fog', 5, 0.2),
    cell('fog', 1, 0.8),
    cell('zoom-blur', 3, 1),
  ]
  const found = inFamilies(cells).map(({ title, kinds }) => [
    title,
    ...kinds.map(({ name, cells }) => `${name} ${cells.map(one => one.severity)}`),
  ])
  t.deepEqual(found, [
    ['Blur', 'zoom-blur 3'],
    ['Weather', 'fog 1,5'],
    ['Other', 'mud 1'],
  ])
  t.is(meanAccuracy(cells), 0.5)
})

test('corruptions have names for people', t => {
  t.is(corruptionName('jpeg-compression'), 'JPEG compression')
  t.is(corruptionName('gaussian-noise'), 'Gaussian noise')
  t.is(corruptionName('zoom-blur'), 'zoom blur')
})
