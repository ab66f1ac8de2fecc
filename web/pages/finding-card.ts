import type { Flag } from '../../server/schemas/robustness.ts'
import type { Finding } from '../finding.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { armName, attackName, seriesName } from '../names.ts'

/** The answer: first thing on the page, or under the heading of a section. */
export function findingCard(
  one: Finding,
  { id = 'finding', heading = 'h2' }: { readonly id?: string; readonly heading?: 'h2' | 'h3' } = {},
  ...more: readonly HTMLElement[]
): HTMLElement {
  return h(
    'section',
    { class: `card finding ${one.verdict}`, 'aria-labelledby': id },
    h(heading, { id }, one.headline),
    h('p', { class: 'numbers' }, one.numbers),
    one.remarks.length > 0
      ? h('ul', { class: 'remarks' }, ...one.remarks.map(remark => h('li', {}, remark)))
      : null,
    ...more,
  )
}

/** What makes the numbers less than they seem. */
export function flagList(flags: readonly Flag[]): HTMLElement {
  const items = flags.map(flag => {
    const where = [
      flag.series && seriesName(flag.series),
      flag.attack && attackName(flag.attack),
      flag.epsilon !== null && `ε = ${format.epsilon(flag.epsilon)}`,
    ].filter(part => part)
    return h(
      'li',
      {},
      h('strong', {}, flagTitles[flag.kind]),
      where.length > 0 ? ` (${where.join(', ')})` : '',
      `: ${named(flag.message)}.`,
    )
  })
  return h(
    'section',
    { class: 'card flags', 'aria-labelledby': 'flags' },
    h('h2', { id: 'flags' }, 'Read with care'),
    items.length > 0
      ? h('ul', {}, ...items)
      : h('p', {}, 'No check raised a flag: no transfer beat a white-box attack, no curve rises.'),
  )
}

/** The API says the arms as the database does; people read their names. */
function named(message: string): string {
  return message.replaceAll(/\b(bp-noise|lr-logit|lr-weight|lr-hybrid|bp)\b/g, armName)
}

/** What a flag is called. */
export const flagTitles: Readonly<Record<Flag['kind'], string>> = {
  'black-box-beats-white-box': 'Black box beats white box',
  'rises-with-epsilon': 'Rises with ε',
  'not-met-by-all': 'Not met by all',
  'seeds-incomplete': 'Seeds incomplete',
  'seeds-differ': 'Different seeds',
  'examples-differ': 'Different examples',
  'engines-differ': 'Different engines',
  'left-out': 'Left out',
  'examples-missing': 'Examples missing',
}
