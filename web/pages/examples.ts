import type { Contents, Gallery, GalleryColumn } from '../../server/schemas/gallery.ts'
import { get } from '../api.ts'
import type { Column } from '../columns.ts'
import { toCsv, toJson } from '../csv.ts'
import { download } from '../download.ts'
import type { Card } from '../examples/card.ts'
import { asked, filterOf, galleryPickers, imageView, viewPickers } from '../examples/controls.ts'
import { graphCards } from '../examples/graph-cards.ts'
import { imageCards } from '../examples/image-cards.ts'
import { legend } from '../examples/legend.ts'
import { saveButton, savePng } from '../examples/png.ts'
import { columnsOf, rowsOf } from '../examples/rows.ts'
import { textCards } from '../examples/text-cards.ts'
import { filterName, findingOf, placeWords } from '../examples/words.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { announce } from '../live.ts'
import { seriesName } from '../names.ts'
import { empty, filteredOut, nothingYet } from '../states.ts'
import { table } from '../table.ts'
import { withChanges } from '../url-state.ts'
import type { Page, View } from './page.ts'
import { select } from './selection.ts'

const title = 'Examples'

/** `/examples`: adversarial examples one by one, the same example on matched models side by side. */
export async function examples({ path, params, summary }: View): Promise<Page> {
  const heading = h('h1', {}, title)
  const groups = summary.groups.filter(group => group.attacks.length > 0)
  if (groups.length === 0) return { title, content: [heading, nothingYet(summary)] }
  const selection = select(params, groups)
  const { dataset, architecture } = selection
  const query = Object.fromEntries(asked.map(name => [name, params.get(name) ?? undefined]))
  const filter = filterOf(params)
  const gallery = await get<Gallery>('/gallery', { dataset, architecture, ...query, filter })
  const controls = galleryPickers(groups, selection, gallery, params)
  if (!gallery.chosen) {
    const text = 'Models were trained, but none of these was attacked to compare them. Type:'
    return {
      title,
      content: [heading, controls, empty('No adversarial examples', text, 'npm run nightly')],
    }
  }
  const here = `${path}?${params}`
  const top = [
    heading,
    controls,
    h('p', { class: 'lead', id: 'finding' }, findingOf(gallery)),
    h('div', { class: 'models' }, table('Models under this attack', modelColumns, gallery.columns)),
  ]
  if (gallery.counts[filter] === 0) {
    const name = filterName(filter, gallery.columns.length > 1)
    const text = `None of ${format.plural(gallery.counts.all, 'test example')} is ${name}.`
    return {
      title,
      content: [
        ...top,
        filteredOut(text, withChanges(here, { filter: undefined, from: undefined })),
      ],
    }
  }
  return { title, content: [...top, ...(await shown(gallery, params, here))] }
}

/** The cards of this page of the gallery, with how they are drawn and where the others are. */
async function shown(
  gallery: Gallery,
  params: URLSearchParams,
  here: string,
): Promise<HTMLElement[]> {
  if (gallery.items.length === 0) {
    return [
      h('p', { class: 'muted' }, 'There are no examples from here on.'),
      paging(gallery, here),
    ]
  }
  const numbers = gallery.items.map(({ example }) => example).join(',')
  const contents = await Promise.all(
    gallery.columns.map(({ evaluation }) =>
      get<Contents>(`/gallery/${evaluation}`, { examples: numbers }),
    ),
  )
  const problems = [...new Set(contents.flatMap(one => one.problems))]
  const { cards, controls } = cardsOf(gallery, contents, params)
  return [
    ...problems.map(text => h('p', { class: 'card problem', role: 'status' }, text)),
    ...controls,
    legend(gallery, contents),
    h(
      'div',
      { class: gallery.columns.length > 1 ? 'gallery' : 'gallery single' },
      ...cards.map(({ element }) => element),
    ),
    paging(gallery, here),
    tableOf(gallery, cards),
  ]
}

function cardsOf(
  gallery: Gallery,
  contents: readonly Contents[],
  params: URLSearchParams,
): { readonly cards: readonly Card[]; readonly controls: readonly HTMLElement[] } {
  switch (gallery.kind) {
    case 'sequences':
      return { cards: textCards(gallery, contents), controls: [] }
    case 'graph':
      return { cards: graphCards(gallery, contents), controls: [] }
    default: {
      const view = imageView(params, contents)
      const layer = view.layers.findIndex(({ name }) => name === view.layer)
      const cards = imageCards(gallery, contents, { factor: view.factor, layer })
      return { cards, controls: [viewPickers(view)] }
    }
  }
}

/** The same rows as a table, with exports of what is shown. */
function tableOf(gallery: Gallery, cards: readonly Card[]): HTMLElement {
  const rows = rowsOf(gallery)
  const columns = columnsOf(rows)
  const { attack, norm, epsilon } = gallery.chosen!
  const name = `examples-${attack}-${norm}-${format.epsilon(epsilon)}`
  const save = (extension: string, type: string, content: () => string) => () => {
    download(`${name}.${extension}`, new Blob([content()], { type }))
    announce(`Saved ${name}.${extension}`)
  }
  const pictures = cards.filter(({ tiles }) => tiles.length > 0)
  return h(
    'div',
    { class: 'figure-foot' },
    h(
      'details',
      { id: 'table-examples' },
      h('summary', {}, 'Table'),
      table('The examples shown, a row a model', columns, rows),
    ),
    h(
      'div',
      { class: 'exports', role: 'group', 'aria-label': 'Save the examples shown' },
      saveButton(
        'CSV',
        'CSV of the examples shown',
        save('csv', 'text/csv;charset=utf-8', () => toCsv(columns, rows)),
      ),
      saveButton(
        'JSON',
        'JSON of the examples shown',
        save('json', 'application/json', () => toJson(columns, rows)),
      ),
      pictures.length > 0 &&
        saveButton('PNG', 'PNG of the examples shown', () =>
          savePng(name, placeWords(gallery), pictures),
        ),
    ),
  )
}

function paging({ next, previous, items }: Gallery, here: string): HTMLElement {
  const link = (text: string, from: number | undefined) =>
    h(
      'a',
      {
        class: 'button',
        href: withChanges(here, { from: from === undefined ? undefined : String(from) }),
      },
      text,
    )
  const [first, last] = [items[0], items.at(-1)]
  return h(
    'nav',
    { class: 'paging', 'aria-label': 'Pages of examples' },
    previous !== null && link('First page', undefined),
    previous !== null && link('Previous page', previous),
    next !== null && link('Next page', next),
    first && last && h('span', { class: 'muted' }, `Examples ${first.example} to ${last.example}`),
  )
}

const modelColumns: readonly Column<GalleryColumn>[] = [
  { header: 'Model', value: row => seriesName(row.series), href: row => `/runs/${row.model}` },
  { header: 'Crafted on', value: row => sourceOf(row), href: row => `/runs/${row.craftedOn.id}` },
  {
    header: 'Right without attack',
    value: row => row.cleanCorrect / row.n,
    text: row => format.percent(row.cleanCorrect / row.n),
    numeric: true,
  },
  {
    header: 'Right under attack (95 % Wilson)',
    value: row => row.robustAccuracy,
    text: row =>
      `${format.percent(row.robustAccuracy)} ${format.percentInterval(row.low, row.high)}`,
    numeric: true,
  },
  { header: 'n', value: row => row.n, text: row => format.count(row.n), numeric: true },
]

function sourceOf({ craftedOn }: GalleryColumn): string {
  const { self, architecture, arm, seed } = craftedOn
  return self ? 'itself' : `${architecture}, ${seriesName(arm)}, seed ${seed}`
}
