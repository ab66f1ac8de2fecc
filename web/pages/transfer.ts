import type { Transfer } from '../../server/schemas/transfer.ts'
import { get } from '../api.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { attackName, normName } from '../names.ts'
import { type Option, picker, pickers } from '../pickers.ts'
import { empty, filteredOut, nothingYet } from '../states.ts'
import { transferFinding } from '../transfer/finding.ts'
import { gapFigure } from '../transfer/gap-figure.ts'
import { matrixFigure } from '../transfer/matrix-figure.ts'
import { choice } from '../url-state.ts'
import { findingCard, flagList } from './finding-card.ts'
import type { Page, View } from './page.ts'

const filters = ['architecture', 'norm', 'attack', 'epsilon', 'options', 'seeds'] as const

/** `/transfer`: whose adversarial examples fool whom. */
export async function transfer({ params, summary }: View): Promise<Page> {
  const title = 'Transfer'
  const attacked = summary.groups.filter(group => group.norms.length > 0)
  if (attacked.length === 0) return { title, content: [heading(), nothingYet(summary)] }
  const datasets = [...new Set(attacked.map(group => group.dataset))]
  // A page without choices shows the data set with most models.
  const models = (name: string) =>
    attacked.filter(one => one.dataset === name).reduce((sum, one) => sum + one.models, 0)
  const [largest] = datasets.toSorted((a, b) => models(b) - models(a))
  const dataset = choice(params, 'dataset', datasets, largest!)
  const asked = Object.fromEntries(filters.map(name => [name, params.get(name) ?? undefined]))
  const data = await get<Transfer>('/transfer', { dataset, ...asked })
  return {
    title: `${title}: ${dataset}`,
    content: [heading(), lead(), controls(datasets, dataset, data), ...body(data, dataset, asked)],
  }
}

function heading(): HTMLElement {
  return h('h1', {}, 'Whose adversarial examples fool whom?')
}

function lead(): HTMLElement {
  return h(
    'p',
    { class: 'lead' },
    'Examples that were crafted on one model are shown to another. Where they do more harm than those ' +
      'that were crafted on it, its own gradients mislead the attack.',
  )
}

function controls(datasets: readonly string[], dataset: string, data: Transfer): HTMLElement {
  const { chosen } = data
  const all = [{ value: '', text: 'all' }, ...data.architectures.map(plain)]
  return pickers(
    'What to show',
    picker('Data set', 'dataset', datasets.map(plain), dataset, filters),
    picker('Architecture', 'architecture', all, chosen?.architecture ?? '', ['options']),
    picker('Norm', 'norm', named(data.norms, normName), chosen?.norm ?? '', [
      ...['attack', 'epsilon', 'options'],
    ]),
    picker('Attack', 'attack', named(data.attacks, attackName), chosen?.attack ?? '', ['options']),
    picker(
      'ε',
      'epsilon',
      data.epsilons.map(value => plain(format.epsilon(value))),
      chosen ? format.epsilon(chosen.epsilon) : '',
      ['options'],
    ),
    data.options.length > 1 &&
      picker(
        'Options',
        'options',
        data.options.map(({ id, variant, evaluations }) => ({
          value: id,
          text: `${variant || 'plain'} (${format.plural(evaluations, 'evaluation')})`,
        })),
        chosen?.options ?? '',
      ),
    picker('Seeds of source and target', 'seeds', seeds, chosen?.seeds ?? 'same'),
  )
}

const seeds: readonly Option[] = [
  { value: 'same', text: 'the same' },
  { value: 'other', text: 'different' },
  { value: 'all', text: 'all together' },
]

function body(
  data: Transfer,
  dataset: string,
  asked: Readonly<Record<string, string | undefined>>,
): HTMLElement[] {
  const { chosen } = data
  if (!chosen || data.cells.length === 0) {
    return Object.values(asked).some(value => value)
      ? [
          filteredOut(
            'No attack was run like this on these models.',
            `/transfer?dataset=${dataset}`,
          ),
        ]
      : [empty('No attack yet', 'Nothing was attacked on this data set. Type:', 'npm run nightly')]
  }
  const shown = { ...data, chosen }
  const answer = transferFinding(data)
  const transferred = data.cells.some(cell => !cell.whiteBox)
  return [
    findingCard(answer),
    h(
      'section',
      { 'aria-labelledby': 'matrix' },
      h('h2', { id: 'matrix' }, 'Source by target'),
      scale(),
      matrixFigure(shown, `${answer.headline}. ${answer.numbers}`),
    ),
    ...(data.gaps.length > 0
      ? [
          h(
            'section',
            { 'aria-labelledby': 'gaps' },
            h('h2', { id: 'gaps' }, 'What an attacker loses without the model'),
            gapFigure(shown),
          ),
        ]
      : []),
    ...(data.flags.length > 0 ? [flagList(data.flags)] : []),
    ...(transferred ? [] : [howToTransfer(chosen.seeds)]),
  ]
}

/** The colours of the scale with their values. */
function scale(): HTMLElement {
  return h(
    'p',
    { class: 'heat-scale', 'aria-hidden': 'true' },
    h('span', {}, '0 %'),
    h('span', { class: 'heat-bar' }),
    h('span', {}, '100 % correct'),
  )
}

function howToTransfer(chosen: string): HTMLElement {
  return chosen === 'other'
    ? empty(
        'No transfer between seeds',
        'A plan judges models of other seeds where it says `transfer: all` and has several seeds:',
        'npx gauntlet nightly --profile quick --dry-run',
      )
    : empty(
        'No transferred examples yet',
        'A nightly judges every model on the examples of the others:',
        'npm run nightly',
      )
}

function plain(value: string): Option {
  return { value, text: value }
}

function named(values: readonly string[], name: (value: string) => string): Option[] {
  return values.map(value => ({ value, text: name(value) }))
}
