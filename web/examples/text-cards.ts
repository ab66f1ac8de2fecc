import type { Contents, Gallery, Word } from '../../server/schemas/gallery.ts'
import { h } from '../h.ts'
import { type Card, cardElement, cardTitle } from './card.ts'

/** Cards of texts: what every model met, with the words that were replaced struck out. */
export function textCards(gallery: Gallery, contents: readonly Contents[]): readonly Card[] {
  return gallery.items.map(item => {
    const element = cardElement({
      gallery,
      item,
      content({ at }) {
        const text = contents[at]?.texts.find(({ example }) => example === item.example)
        return [text ? difference(text.words) : h('p', { class: 'muted' }, 'No text: see above.')]
      },
    })
    return { example: item.example, title: cardTitle(gallery, item), element, tiles: [] }
  })
}

function difference(words: readonly Word[]): HTMLElement {
  return h(
    'p',
    { class: 'text-diff' },
    ...words.flatMap(({ clean, adversarial }) => [...word(clean, adversarial), ' ']),
  )
}

/** Signs before the words say what the strokes say. */
function word(clean: string, adversarial: string): (HTMLElement | string)[] {
  if (clean === adversarial) return [clean]
  return [
    ...(clean ? [h('del', {}, h('span', { class: 'sign' }, '−'), clean)] : []),
    ' ',
    ...(adversarial ? [h('ins', {}, h('span', { class: 'sign' }, '+'), adversarial)] : []),
  ]
}
