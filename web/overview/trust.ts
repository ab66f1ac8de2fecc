import type { Robustness, VerdictWord } from '../../server/schemas/robustness.ts'
import { verdictsAt } from '../finding.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { seriesName } from '../names.ts'
import { verdictBadge } from '../pages/verdicts.ts'

/** What checks say of a series at one radius: the worst word, and of how many models. */
export function verdictOf(data: Robustness, key: string, epsilon: number) {
  const found = verdictsAt(data, key, epsilon)
  const worst = (['masked', 'undecided', 'real'] as const satisfies readonly VerdictWord[])
    .map(word => found.find(({ verdict }) => verdict === word))
    .find(one => one !== undefined)
  if (!worst) return undefined
  const alike = found.filter(({ verdict }) => verdict === worst.verdict).length
  return { word: worst.verdict, model: worst.model, alike, checked: found.length }
}

/** Verdict badges of all series with the way to their reasons, and how many flags there are. */
export function trust(data: Robustness, epsilon: number): HTMLElement {
  const items = data.series.map(({ key, models }) => {
    const found = verdictOf(data, key, epsilon)
    if (!found) return h('li', {}, `${seriesName(key)}: not checked`)
    const link = h('a', { href: `/runs/${found.model}` }, verdictBadge(found.word))
    const of = `${found.alike} of ${format.plural(found.checked, 'checked model')}`
    const unchecked = models.length - found.checked
    return h(
      'li',
      {},
      `${seriesName(key)} `,
      link,
      ` ${of}${unchecked > 0 ? `, ${unchecked} not checked` : ''}`,
    )
  })
  const flags = data.flags.length
  return h(
    'section',
    { class: 'trust', 'aria-labelledby': 'trust' },
    h('h3', { id: 'trust' }, `Can it be trusted? Checks at ε = ${format.epsilon(epsilon)}`),
    h(
      'ul',
      {},
      ...items,
      h(
        'li',
        {},
        h('a', { href: '#flags' }, flags === 0 ? 'no flag' : format.plural(flags, 'flag')),
      ),
    ),
  )
}
