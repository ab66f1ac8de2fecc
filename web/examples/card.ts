import type { Gallery, GalleryColumn, GalleryItem } from '../../server/schemas/gallery.ts'
import { h } from '../h.ts'
import { attackName, seriesName } from '../names.ts'
import { fateOf, fateSigns, fateWords, sizeWords } from './words.ts'

/** A picture of a card, for the PNG. */
export interface Tile {
  readonly canvas: HTMLCanvasElement
  readonly lines: readonly string[]
}

/** One example on the page. */
export interface Card {
  readonly example: number
  readonly title: string
  readonly element: HTMLElement
  /** Empty for what is no picture. */
  readonly tiles: readonly Tile[]
}

/** One example as one model met it. */
export interface Met {
  readonly gallery: Gallery
  readonly item: GalleryItem
  readonly column: GalleryColumn
  /** Index of the column. */
  readonly at: number
}

/** What all models have in common of an example, and what each met. */
interface CardParts {
  readonly gallery: Gallery
  readonly item: GalleryItem
  readonly common?: HTMLElement | undefined
  readonly actions?: HTMLElement | undefined
  content(met: Met): readonly (HTMLElement | SVGElement)[]
}

/** The title of an example's card. */
export function cardTitle({ classes }: Gallery, { example, label }: GalleryItem): string {
  return `Example ${example}: ${classes[label] ?? label}`
}

/** A card: what is common, then a part for each model with its verdict in words. */
export function cardElement({ gallery, item, common, actions, content }: CardParts): HTMLElement {
  const id = `example-${item.example}`
  const models = gallery.columns.map((column, at) => {
    const outcome = item.outcomes[at]!
    const fate = fateOf(item, outcome)
    return h(
      'section',
      {
        class: `met ${fate}`,
        'aria-label': `${seriesName(column.series)}, example ${item.example}`,
      },
      h('h3', {}, seriesName(column.series)),
      h(
        'p',
        { class: `fate ${fate}` },
        h('span', { 'aria-hidden': 'true' }, `${fateSigns[fate]} `),
        fateWords(item, outcome, gallery.classes),
      ),
      ...content({ gallery, item, column, at }),
      h('p', { class: 'size' }, sizeWords(outcome)),
    )
  })
  return h(
    'article',
    { class: 'card example', 'aria-labelledby': id, 'data-example': item.example },
    h('header', {}, h('h2', { id }, cardTitle(gallery, item)), actions),
    h('div', { class: 'meetings' }, common, ...models),
  )
}

/** What a picture of one model's example is of, for people who do not see it. */
export function metWords({ gallery, item, column, at }: Met): string {
  const attack = gallery.chosen ? attackName(gallery.chosen.attack) : 'attack'
  const outcome = item.outcomes[at]!
  return (
    `${cardTitle(gallery, item)}, ${seriesName(column.series)} under ${attack}: ` +
    `${fateWords(item, outcome, gallery.classes)}; ${sizeWords(outcome)}`
  )
}
