import test from 'ava'
import { attackRandom } from '../../../attacks/attack-random.ts'
import type { TextAttack } from '../../../attacks/text/text-attack.ts'
import type { TextVictim } from '../../../attacks/text/text-victim.ts'
import { nearestWords, wordIds } from '../../../attacks/text/words.ts'
import { tf } from '../../../src/engine/tf.ts'
import { attackText } from '../../../src/evaluation/attack-text.ts'
import { changedPlaces } from '../../../src/evaluation/text-threat-model.ts'
import { useEngine } from '../../with-engine.ts'
import { attackOf, dataset, length, textsOf, trained, vocabulary } from './trained-gru.ts'

useEngine()

const attacks = [
  [{ name: 'hotflip', beam: 2, words: 4, cosine: 0.2 }, 0.15],
  [{ name: 'word-substitution' }, 0.3],
  [{ name: 'random-masking', draws: 3 }, 0.3],
  [{ name: 'importance-masking', replacement: 'nothing' }, 0.3],
  [{ name: 'embedding-fgsm', norm: 'linf' }, 0.3],
  [{ name: 'embedding-pgd', norm: 'l2', steps: 5, restarts: 2 }, 0.1],
  [{ name: 'embedding-pgd', norm: 'linf', steps: 5, restarts: 1 }, 0.3],
] as const

/** What an attack makes of each of these test texts, by its number. */
function crafted(attack: TextAttack, victim: TextVictim, examples: readonly number[]) {
  const random = attackRandom(7, examples)
  const result = attack.against(victim)(textsOf(examples), random)
  const changed = 'tokens' in result ? result.tokens : result.changes
  return new Map(examples.map((n, at) => [n, [[...changed[at]!], result.queries[at]]]))
}

for (const [options, budget] of attacks) {
  const { name } = options
  const title = 'norm' in options ? `${name} ${options.norm}` : name

  test.serial(`${title}: keeps within its budget and breaks some texts, not all`, async t => {
    const victim = await trained()
    const before = tf.memory().numTensors
    const attack = attackOf(options, budget)
    const { outcomes, tokens, totals } = await attackText(attack, victim, dataset, 60, 1)
    t.is(tf.memory().numTensors, before)
    t.true(totals.successful > 0 && totals.failed > 0, JSON.stringify(totals))
    for (const { example, result, words, changedWords, queries } of outcomes) {
      const clean = dataset.test.tokens.slice(example * length, (example + 1) * length)
      const after = tokens.slice(example * length, (example + 1) * length)
      const changed = changedPlaces(clean, after)
      if (attack.space === 'words') {
        t.is(changed.length, changedWords)
        t.true(changedWords <= budget * words)
        t.true(changed.every(place => clean[place] !== 0))
        if (!name.endsWith('masking')) t.true(changed.every(place => after[place]! >= 2))
      } else t.deepEqual(changed, [])
      t.is(queries > 0, result !== 'skipped')
      if (result === 'successful') t.true(changedWords > 0)
    }
  })

  test.serial(`${title}: budget 0 leaves the texts alone`, async t => {
    const { outcomes } = await attackText(attackOf(options, 0), await trained(), dataset, 20, 1)
    t.true(
      outcomes.every(({ changedWords, result }) => changedWords === 0 && result !== 'successful'),
    )
  })

  test.serial(`${title}: a text's result does not depend on its batch`, async t => {
    const victim = await trained()
    const attack = attackOf(options, budget)
    const [forward, backward, alone] = [[3, 9, 14, 27], [27, 14, 9, 3], [14]].map(examples =>
      crafted(attack, victim, examples),
    )
    for (const n of [3, 9, 14, 27]) t.deepEqual(forward!.get(n), backward!.get(n), `text ${n}`)
    t.deepEqual(alone!.get(14), forward!.get(14))
  })
}

const successes = async (options: object, budget: number, seed = 1) => {
  const attacked = await attackText(attackOf(options, budget), await trained(), dataset, 130, seed)
  return attacked.outcomes.flatMap(({ example, result }) =>
    result === 'successful' ? example : [],
  )
}

for (const [options] of attacks.slice(0, 4)) {
  test.serial(`${options.name}: what a budget breaks, a larger one breaks too`, async t => {
    const large = new Set(await successes(options, 0.4))
    const small = await successes(options, 0.15)
    for (const example of small) t.true(large.has(example))
    t.true(large.size > small.length)
  })
}

test.serial('attacks on the embedding: larger radii break more, PGD more than FGSM', async t => {
  for (const [norm, epsilon] of [
    ['linf', 0.15],
    ['l2', 0.1],
  ] as const) {
    const pgd = { name: 'embedding-pgd', norm, steps: 10, restarts: 2 }
    const [small, middle, large] = [
      (await successes(pgd, epsilon / 3)).length,
      (await successes(pgd, epsilon)).length,
      (await successes(pgd, 5)).length,
    ]
    const { totals } = await attackText(attackOf(pgd, 0), await trained(), dataset, 130, 1)
    t.true(small < middle && middle < large, `${norm}: ${small}, ${middle}, ${large}`)
    t.is(large, totals.failed)
    t.true((await successes({ name: 'embedding-fgsm', norm }, epsilon)).length <= middle)
  }
})

test.serial('a wider beam finds more', async t => {
  const flips = { name: 'hotflip', words: 2, cosine: 0.5 }
  const [one, two, five] = [
    (await successes({ ...flips, beam: 1 }, 0.4)).length,
    (await successes({ ...flips, beam: 2 }, 0.4)).length,
    (await successes({ ...flips, beam: 5 }, 0.4)).length,
  ]
  t.true(one < two && two < five, `${one}, ${two}, ${five}`)
})

test.serial('restarts of PGD only add successes; it starts where it is told to', async t => {
  const pgd = { name: 'embedding-pgd', norm: 'l2', steps: 3, restarts: 1 }
  const one = await successes(pgd, 0.09)
  const eight = new Set(await successes({ ...pgd, restarts: 8 }, 0.09))
  for (const example of one) t.true(eight.has(example))
  t.true(eight.size > one.length)
  const fixed = { ...pgd, randomStart: false }
  t.deepEqual(await successes(fixed, 0.09, 1), await successes(fixed, 0.09, 2))
  t.notDeepEqual(await successes(pgd, 0.09, 1), await successes(pgd, 0.09, 2))
})

test.serial('importance beats chance; the seed decides about chance', async t => {
  const random = { name: 'random-masking', draws: 1 }
  const [one, again, other] = [
    await successes(random, 0.2, 1),
    await successes(random, 0.2, 1),
    await successes(random, 0.2, 2),
  ]
  t.deepEqual(one, again)
  t.notDeepEqual(one, other)
  t.true((await successes({ name: 'importance-masking' }, 0.2)).length > one.length)
  t.true((await successes({ ...random, draws: 20 }, 0.2)).length > one.length)
})

test.serial('a cosine limit holds for every flip and neighbour', async t => {
  const victim = await trained()
  const near = nearestWords(victim.embedding!, wordIds(vocabulary), { cosine: 0.3, count: 500 })
  const rows = victim.embedding!.matrix.arraySync()
  const cosine = (a: number, b: number) => {
    const dot = rows[a]!.reduce((sum, value, at) => sum + value * rows[b]![at]!, 0)
    return dot / (Math.hypot(...rows[a]!) * Math.hypot(...rows[b]!))
  }
  const found = near(5).map(id => cosine(5, id))
  t.true(found.length > 0 && found.every(value => value >= 0.3))
  t.deepEqual(
    found,
    found.toSorted((a, b) => b - a),
  )
  t.is(found.length, wordIds(vocabulary).filter(id => id !== 5 && cosine(5, id) >= 0.3).length)
  for (const options of [
    { name: 'hotflip', words: 4, cosine: 0.3 },
    { name: 'word-substitution', cosine: 0.3, neighbours: 20 },
  ]) {
    const { tokens } = await attackText(attackOf(options, 0.5), victim, dataset, 30, 1)
    const changed = changedPlaces(dataset.test.tokens.slice(0, 30 * length), tokens)
    t.true(changed.length > 0)
    for (const at of changed) t.true(cosine(dataset.test.tokens[at]!, tokens[at]!) >= 0.3)
  }
})
