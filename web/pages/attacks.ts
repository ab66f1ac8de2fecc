import type { Attacks, Convergence } from '../../server/schemas/attacks.ts'
import { get } from '../api.ts'
import { convergenceSection } from '../attacks/convergence-section.ts'
import { attacksFinding } from '../attacks/finding.ts'
import { partsFigures } from '../attacks/parts-figure.ts'
import { type ShownAttacks, shownAttacks } from '../attacks/shown.ts'
import {
  callsFigure,
  changeFigure,
  type Measure,
  measureName,
  measuresOf,
} from '../attacks/spread-figures.ts'
import { type Cost, costFigure, successFigure } from '../attacks/success-figures.ts'
import { budget, holdsImages } from '../budget.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { normName } from '../names.ts'
import { picker, pickers } from '../pickers.ts'
import { empty, filteredOut, nothingYet } from '../states.ts'
import { choice } from '../url-state.ts'
import { findingCard } from './finding-card.ts'
import type { Page, View } from './page.ts'
import { select } from './selection.ts'

const costs: readonly Cost[] = ['calls', 'seconds']

/** `/attacks`: what each white-box attack breaks, what it costs, and whether it has converged. */
export async function attacks({ params, summary }: View): Promise<Page> {
  const title = 'Attacks'
  const groups = summary.groups
    .filter(group => group.norms.length > 0)
    // A page without choices shows images.
    .toSorted((a, b) => Number(holdsImages(b)) - Number(holdsImages(a)))
  if (groups.length === 0) return { title, content: [heading(), nothingYet(summary)] }
  const { dataset, architecture } = select(params, groups)
  const query = {
    dataset,
    architecture,
    norm: params.get('norm') ?? undefined,
    epsilon: params.get('epsilon') ?? undefined,
  }
  const [data, iterations] = await Promise.all([
    get<Attacks>('/attacks', query),
    get<Convergence>('/attacks/convergence', {
      ...query,
      options: params.get('iterating') ?? undefined,
    }),
  ])
  const { chosen } = data
  const measures = measuresOf(data.rows)
  const measure = choice(params, 'measure', measures, measures.includes('l2') ? 'l2' : measures[0]!)
  const cost = choice(params, 'cost', costs, 'calls')
  const datasets = [...new Set(groups.map(group => group.dataset))]
  const architectures = groups.filter(one => one.dataset === dataset).map(one => one.architecture)
  const norm = chosen?.norm ?? ''
  const reset = ['epsilon', 'iterating', 'part', 'measure']
  const controls = pickers(
    'What to show',
    picker('Data set', 'dataset', named(datasets), dataset, ['architecture', 'norm', ...reset]),
    picker('Architecture', 'architecture', named(architectures), architecture, ['norm', ...reset]),
    picker('Norm', 'norm', named(data.norms, normName), norm, reset),
    picker(
      'ε',
      'epsilon',
      data.epsilons.map(value => ({ value: format.epsilon(value), text: budget(norm, value) })),
      chosen ? format.epsilon(chosen.epsilon) : '',
      ['iterating', 'part'],
    ),
    picker('Cost', 'cost', [...named(costs, costName)], cost),
    measures.length > 1 &&
      picker('Size of changes', 'measure', named(measures, measureName), measure),
  )
  const rest = params.has('norm') || params.has('epsilon')
  return {
    title: `${title}: ${dataset} / ${architecture}`,
    content: [
      heading(),
      controls,
      ...(chosen && data.rows.length > 0
        ? body(shownAttacks({ ...data, chosen }), { cost, measure }, iterations, params)
        : [rest ? filtered(dataset, architecture) : none()]),
    ],
  }
}

function heading(): HTMLElement {
  return h('h1', {}, 'What does each attack break, and at what cost?')
}

function filtered(dataset: string, architecture: string): HTMLElement {
  const clear = `/attacks?architecture=${architecture}&dataset=${dataset}`
  return filteredOut('No white-box attack was run like this on these models.', clear)
}

function none(): HTMLElement {
  return empty('No white-box attack yet', 'A night attacks every model. Type:', 'npm run nightly')
}

function body(
  shown: ShownAttacks,
  { cost, measure }: { readonly cost: Cost; readonly measure: Measure | undefined },
  iterations: Convergence,
  params: URLSearchParams,
): HTMLElement[] {
  const answer = attacksFinding(shown)
  const parts = partsFigures(shown)
  const priced = shown.rows.some(row => row.success)
  return [
    findingCard(answer),
    section(
      'success',
      'Success and cost',
      h(
        'div',
        { class: 'grid wide' },
        successFigure(shown, answer.numbers),
        ...(priced ? [costFigure(shown, cost)] : []),
      ),
    ),
    ...(parts.length > 0
      ? [section('parts', 'Which part of a composed attack broke how many', ...parts)]
      : []),
    convergenceSection(iterations, params),
    section(
      'spread',
      'How examples differ',
      h(
        'div',
        { class: 'grid wide' },
        ...(shown.rows.some(row => (row.queries?.p10 ?? 0) > 0) ? [callsFigure(shown)] : []),
        ...(measure ? [changeFigure(shown, measure)] : []),
      ),
    ),
  ]
}

function section(id: string, title: string, ...content: readonly HTMLElement[]): HTMLElement {
  return h('section', { 'aria-labelledby': id }, h('h2', { id }, title), ...content)
}

function costName(cost: string): string {
  return cost === 'calls' ? 'model calls' : 'seconds'
}

function named(values: readonly string[], name: (value: never) => string = String) {
  return values.map(value => ({ value, text: name(value as never) }))
}
