import test from 'ava'
import type { TokenText } from '../../../attacks/text/text-attack.ts'
import { wordBall } from '../../../attacks/text/word-ball.ts'
import { useEngine } from '../../with-engine.ts'
import { type LinearVictim, linearTexts, linearVictim, logitError, width } from './linear-victim.ts'
import { moved, words } from './run-attack.ts'

useEngine()

const changes = (before: Int32Array, after: Int32Array) =>
  [...before.keys()].filter(place => before[place] !== after[place])

/** Margins after the best 1, 2, … replacements of words by `value`: the largest words go first. */
function bestMargins(victim: LinearVictim, { tokens }: TokenText, value: number): number[] {
  let margin = victim.margin(tokens)
  return [...tokens]
    .filter(id => id !== 0)
    .map(id => victim.values[id]!)
    .sort((a, b) => b - a)
    .map(own => {
      margin += Math.min(value - own, 0)
      return margin
    })
}

for (const [name, options, stand, bias] of [
  ['HotFlip', { name: 'hotflip', beam: 1, words: 6 }, 'lowest', 1],
  ['HotFlip with a beam', { name: 'hotflip', beam: 5, words: 6 }, 'lowest', 1],
  [
    'word substitution',
    { name: 'word-substitution', neighbours: 10, cosine: -1, synonyms: false },
    'lowest',
    1,
  ],
  ['importance masking', { name: 'importance-masking' }, 'unknown', 9],
  [
    'importance masking by nothing',
    { name: 'importance-masking', replacement: 'nothing' },
    'nothing',
    0,
  ],
] as const) {
  test.serial(`on a linear model ${name} needs the fewest words there are`, t => {
    const victim = linearVictim(t, bias)
    const texts = linearTexts(victim, 40)
    t.true(logitError(victim, texts) < 1e-5)
    const value = {
      lowest: Math.min(...victim.values.slice(3)),
      unknown: victim.values[1]!,
      nothing: 0,
    }[stand]
    const { tokens } = words(victim, texts, options, 1)
    const needed = texts.map((text, row) => {
      const fewest = bestMargins(victim, text, value).findIndex(margin => margin < 0) + 1
      const found = tokens[row]!
      t.is(victim.margin(found) < 0, fewest > 0, `text ${row}`)
      if (fewest > 0) t.is(changes(text.tokens, found).length, fewest, `text ${row}`)
      return fewest
    })
    t.true(new Set(needed).size > 1, `${needed}`)
  })
}

test.serial('on a linear model the first flip is the best of all flips', t => {
  const victim = linearVictim(t, 9)
  const texts = linearTexts(victim, 10)
  const { tokens, queries } = words(victim, texts, { name: 'hotflip', beam: 1, words: 1 }, 1)
  const lowest = victim.values.indexOf(Math.min(...victim.values.slice(3)))
  texts.forEach((text, row) => {
    const highest = Math.max(...[...text.tokens].filter(id => id).map(id => victim.values[id]!))
    const place = [...text.tokens].findIndex(id => victim.values[id] === highest)
    t.deepEqual([...tokens[row]!], [...text.tokens.with(place, lowest)])
  })
  t.true(queries.every(count => count === 2))
})

test.serial(
  'where a model is very sure the margin still has a slope, the cross-entropy none',
  t => {
    const victim = linearVictim(t, 200)
    const texts = linearTexts(victim, 4)
    const flipped = (loss: string) =>
      words(victim, texts, { name: 'hotflip', beam: 1, words: 1, loss }, 1).tokens.map(
        (after, row) => changes(texts[row]!.tokens, after).length,
      )
    t.deepEqual(flipped('ce'), [0, 0, 0, 0])
    t.deepEqual(flipped('margin'), [1, 1, 1, 1])
    const largest = (loss: string) => {
      const found = moved(victim, texts, { name: 'embedding-fgsm', loss }, 1).changes
      return Math.max(...found.flatMap(change => [...change]))
    }
    t.is(largest('ce'), 0)
    t.true(largest('margin') > 0)
  },
)

for (const norm of ['linf', 'l2'] as const) {
  test.serial(`on a linear model FGSM on the embedding is the best change, ${norm}`, t => {
    const victim = linearVictim(t, 1)
    const texts = linearTexts(victim, 10)
    const { radius } = wordBall(victim, norm, 0.5)
    const size = Math.hypot(...victim.direction)
    const best = victim.direction.map(w =>
      norm === 'linf' ? -radius * Math.sign(w) : (-radius * w) / size,
    )
    const found = moved(victim, texts, { name: 'embedding-fgsm', norm }, 0.5)
    texts.forEach(({ tokens }, row) => {
      found.changes[row]!.forEach((value, at) => {
        const expected = tokens[Math.floor(at / width)] === 0 ? 0 : best[at % width]!
        t.true(Math.abs(value - expected) < 1e-5, `text ${row}, ${at}: ${value}, ${expected}`)
      })
    })
  })

  test.serial(`on a linear model PGD on the embedding breaks what can be broken, ${norm}`, t => {
    const victim = linearVictim(t, 1)
    const texts = linearTexts(victim, 40)
    const dual = victim.direction.reduce((sum, w) => sum + Math.abs(w), 0)
    const slope = norm === 'linf' ? dual : Math.hypot(...victim.direction)
    const { radius } = wordBall(victim, norm, 0.3)
    const { changes: found } = moved(victim, texts, { name: 'embedding-pgd', norm }, 0.3)
    const broken = texts.map(({ tokens }, row) => {
      const gain = found[row]!.reduce(
        (sum, value, at) => sum + value * victim.direction[at % width]!,
        0,
      )
      const reach = radius * slope * tokens.filter(id => id !== 0).length
      t.is(victim.margin(tokens) + gain < 0, victim.margin(tokens) - reach < 0, `text ${row}`)
      return gain < -victim.margin(tokens)
    })
    t.true(broken.includes(true) && broken.includes(false))
  })
}
