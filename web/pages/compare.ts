import type { ComparedLeaf, Comparison } from '../../server/schemas/compare.ts'
import { get } from '../api.ts'
import type { Column } from '../columns.ts'
import { curvesSection } from '../compare/curves.ts'
import { type Labelled, labelled } from '../compare/labels.ts'
import { cleanOf, differencesFigure, resultsTable, shownResults } from '../compare/results.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { armName } from '../names.ts'
import { go } from '../navigation.ts'
import { empty } from '../states.ts'
import { table } from '../table.ts'
import { withChanges } from '../url-state.ts'
import type { Page, View } from './page.ts'

/** `/compare?runs=a,b`: two to eight runs side by side, with only what differs. */
export async function compare({ path, params }: View): Promise<Page> {
  const title = 'Compare runs'
  const crumbs = h(
    'nav',
    { 'aria-label': 'Breadcrumb', class: 'crumbs' },
    h('a', { href: '/runs' }, 'Runs'),
  )
  const ids = (params.get('runs') ?? '').split(',').filter(Boolean)
  if (ids.length < 2) {
    const text = 'Tick two to eight runs on the page of Runs, then choose Compare; or name them:'
    const how = empty('Nothing to compare yet', text, '/compare?runs=<run>,<run>')
    return { title, content: [crumbs, h('h1', {}, title), how] }
  }
  const data = await get<Comparison>('/compare', { runs: ids.join(',') })
  const runs = labelled(data.runs)
  const equal = params.has('equal')
  const here = `${path}?${params}`
  const results = shownResults(data, equal)
  const leaves = data.leaves.filter(leaf => equal || leaf.differs)
  return {
    title: runs.map(({ name }) => name).join(' · '),
    content: [
      crumbs,
      h('h1', {}, title),
      h('div', { class: 'grid compared' }, ...runs.map(one => card(one, ids, here))),
      equalSwitch(equal, here, data),
      section(
        'Configuration and environment',
        leaves.length > 0
          ? h('div', { class: 'card settings' }, table(title, leafColumns(runs), leaves))
          : h('p', { class: 'muted' }, 'The runs do not differ in any of their settings.'),
      ),
      section(
        'Under attack',
        differencesFigure(results, runs),
        results.length > 0
          ? resultsTable(results, runs)
          : h('p', { class: 'muted' }, nothingDiffers(data)),
      ),
      section('Learning curves', ...curvesSection(data, runs, params)),
    ],
  }
}

function section(title: string, ...content: readonly (HTMLElement | null)[]): HTMLElement {
  const id = title.toLowerCase().replaceAll(' ', '-')
  return h(
    'section',
    { 'aria-labelledby': id, class: 'comparison' },
    h('h2', { id }, title),
    ...content,
  )
}

function nothingDiffers({ results }: Comparison): string {
  return results.length === 0
    ? 'None of these runs was attacked.'
    : 'No attack tells a run from the first one.'
}

function card(one: Labelled, ids: readonly string[], here: string): HTMLElement {
  const { run, letter } = one
  const others = ids.filter(id => id !== run.id)
  const what = `${armName(run.arm)}, ${run.dataset} / ${run.architecture}, seed ${run.seed}`
  return h(
    'section',
    { class: 'card', 'aria-label': `Run ${letter}` },
    h('h2', {}, `${letter} `, h('a', { href: `/runs/${run.id}` }, what)),
    h('p', { class: 'numbers' }, `Clean accuracy ${cleanOf(one)}`),
    h(
      'p',
      { class: 'muted' },
      `Wilson 95 %, n = ${format.count(run.testCount)}. ${format.count(run.updates)} updates, ` +
        `${format.count(run.forwards)} forward passes, ${format.duration(run.seconds)}.`,
    ),
    h(
      'p',
      { class: 'actions' },
      ids[0] !== run.id &&
        h(
          'a',
          { href: withChanges(here, { runs: [run.id, ...others].join(',') }) },
          `Measure against ${letter}`,
        ),
      others.length > 1 &&
        h('a', { href: withChanges(here, { runs: others.join(',') }) }, `Leave out ${letter}`),
    ),
  )
}

/** Whether what is alike is shown too; a step for the back button. */
function equalSwitch(equal: boolean, here: string, data: Comparison): HTMLElement {
  const hidden =
    data.leaves.filter(leaf => !leaf.differs).length +
    data.results.length -
    shownResults(data, false).length
  const onchange = (event: Event) => {
    const { checked } = event.target as HTMLInputElement
    go(withChanges(here, { equal: checked ? '1' : undefined }))
  }
  return h(
    'label',
    { class: 'tick' },
    h('input', { type: 'checkbox', id: 'equal', checked: equal, onchange }),
    ` Show also what is equal or cannot be told apart (${format.plural(hidden, 'row')})`,
  )
}

function leafColumns(runs: readonly Labelled[]): Column<ComparedLeaf>[] {
  const text = (value: unknown) =>
    value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value)
  return [
    { header: 'Setting', value: leaf => leaf.path },
    ...runs.map(
      ({ name }, at): Column<ComparedLeaf> => ({
        header: name,
        value: leaf => text(leaf.values[at]),
      }),
    ),
  ]
}
