import type { Contents, Gallery, GalleryFilter } from '../../server/schemas/gallery.ts'
import type { Summary } from '../../server/schemas/summary.ts'
import * as format from '../format.ts'
import { attackName, normName } from '../names.ts'
import { type select, settingPicker } from '../pages/selection.ts'
import { type Option, picker, pickers } from '../pickers.ts'
import { choice } from '../url-state.ts'
import { fittingFactorOf } from './image-cards.ts'
import { factorNames } from './pixels.ts'
import { filterName, sourceName } from './words.ts'

/** The filters in the order of the list. */
const filters = ['all', 'broken', 'one', 'held', 'wrong'] as const

/** Everything of the address that the API takes, besides data set and architecture. */
export const asked = [
  'setting',
  'seed',
  'attack',
  'norm',
  'epsilon',
  'source',
  'variant',
  'filter',
  'from',
] as const

/** The filter that the address names. */
export function filterOf(params: URLSearchParams): GalleryFilter {
  return choice(params, 'filter', filters, 'all')
}

/** Pickers of what is looked at; each forgets the page, and the choices that hang on it. */
export function galleryPickers(
  groups: Summary['groups'],
  { dataset, architecture }: ReturnType<typeof select>,
  gallery: Gallery,
  params: URLSearchParams,
): HTMLElement {
  const { choices, chosen, columns, counts } = gallery
  const datasets = [...new Set(groups.map(group => group.dataset))]
  const architectures = groups.flatMap(group =>
    group.dataset === dataset ? [group.architecture] : [],
  )
  const all = [...asked, 'layer', 'factor']
  const data = [
    picker('Data set', 'dataset', datasets.map(plain), dataset, ['architecture', ...all]),
    picker('Architecture', 'architecture', architectures.map(plain), architecture, all),
  ]
  if (!chosen) return pickers('Choose the examples', ...data)
  const { attack, norm, epsilon, source, variant, seed } = chosen
  const shown = filters.filter(filter => filter !== 'one' || columns.length > 1)
  return pickers(
    'Choose the examples',
    ...data,
    settingPicker(choices.settings, chosen.setting),
    choices.seeds.length > 1 &&
      picker('Seed', 'seed', choices.seeds.map(String).map(plain), String(seed), ['from']),
    picker(
      'Attack',
      'attack',
      choices.attacks.map(value => ({ value, text: attackName(value) })),
      attack,
      ['norm', 'epsilon', 'source', 'variant', 'from', 'factor'],
    ),
    choices.norms.length > 1 &&
      picker(
        'Norm',
        'norm',
        choices.norms.map(value => ({ value, text: normName(value) })),
        norm,
        ['epsilon', 'source', 'variant', 'from', 'factor'],
      ),
    picker(
      `ε (${normName(norm)})`,
      'epsilon',
      choices.epsilons.map(value => ({ value: String(value), text: format.epsilon(value) })),
      String(epsilon),
      ['from', 'factor'],
    ),
    picker(
      'Crafted on',
      'source',
      choices.sources.map(value => ({ value, text: sourceName(value) })),
      source,
      ['variant', 'from'],
    ),
    choices.variants.length > 1 &&
      picker(
        'Variant',
        'variant',
        choices.variants.map(({ id, title }) => ({ value: id, text: title })),
        variant,
        ['from'],
      ),
    picker(
      'Show',
      'filter',
      shown.map(value => ({
        value,
        text: `${filterName(value, columns.length > 1)} (${format.count(counts[value])})`,
      })),
      filterOf(params),
      ['from'],
    ),
  )
}

/** How images are drawn, as the address says or as it fits. */
export function imageView(params: URLSearchParams, contents: readonly Contents[]) {
  const fitting = fittingFactorOf(contents)
  const layers = contents.find(one => one.layers.length > 0)?.layers ?? []
  const names = layers.map(({ name }) => name)
  const layer = choice(params, 'layer', names, names.at(-1) ?? '')
  const factor = choice(params, 'factor', ['', ...factorNames], '')
  return { fitting, layers, layer, asked: factor, factor: factor === '' ? fitting : Number(factor) }
}

/** Pickers of how images are drawn. */
export function viewPickers(view: ReturnType<typeof imageView>): HTMLElement {
  const factors: Option[] = [
    { value: '', text: `× ${view.fitting} (what fits)` },
    ...factorNames.map(value => ({ value, text: `× ${value}` })),
  ]
  return pickers(
    'How it is drawn',
    picker('Enlarge changes', 'factor', factors, view.asked),
    view.layers.length > 0 &&
      picker(
        'Spikes of',
        'layer',
        view.layers.map(({ name, neurons }) => ({
          value: name,
          text: `${name}, ${neurons} neurons`,
        })),
        view.layer,
      ),
  )
}

function plain(value: string): Option {
  return { value, text: value }
}
