import type { Robustness } from '../../server/schemas/robustness.ts'
import type { Summary } from '../../server/schemas/summary.ts'
import { WORST_CASE } from '../../server/worst-case.ts'
import { get } from '../api.ts'
import { holdsImages } from '../budget.ts'
import { finding } from '../finding.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { attackName, normName, seriesName } from '../names.ts'
import { armsTable } from '../overview/arms-table.ts'
import { comparable, narrowed } from '../overview/narrow.ts'
import { trust } from '../overview/trust.ts'
import { picker, pickers } from '../pickers.ts'
import { empty, nothingYet } from '../states.ts'
import { choice } from '../url-state.ts'
import { differenceFigure } from './difference-figure.ts'
import { findingCard, flagList } from './finding-card.ts'
import type { Page, View } from './page.ts'
import { curveFigure, type Shown, sourceFigures } from './robustness-figures.ts'
import { select, selectionPickers, settingPicker } from './selection.ts'

/** `/`: is the likelihood-ratio model more robust than its twin, or is it the attack? */
export async function overview({ params, summary }: View): Promise<Page> {
  const title = 'Overview'
  const attacked = summary.groups.filter(group => group.norms.length > 0)
  // Models without a twin, as imported ones, are on the page of runs.
  const paired = attacked.filter(group => group.arms.length > 1)
  const groups = (paired.length > 0 ? paired : attacked).toSorted(
    // A page without choices shows images.
    (a, b) => Number(holdsImages(b)) - Number(holdsImages(a)),
  )
  if (groups.length === 0) {
    return { title, content: [heading(), nothingYet(summary)] }
  }
  const chosen = select(params, groups)
  const norms = chosen.group?.norms ?? []
  const norm = choice(params, 'norm', norms, norms.includes('linf') ? 'linf' : (norms[0] ?? ''))
  const whole = await answer(
    {
      dataset: chosen.dataset,
      architecture: chosen.architecture,
      norm,
      setting: params.get('setting') ?? undefined,
    },
    summary,
  )
  const arms = comparable(whole)
  const arm = choice(params, 'arm', arms, '')
  const data = narrowed(whole, arm)
  const attack = choice(params, 'attack', data.attacks, data.attacks[0] ?? WORST_CASE)
  const epsilon = chosenEpsilon(params, data, attack)
  const controls = pickers(
    'What to compare',
    ...selectionPickers(groups, chosen),
    picker('Arm', 'arm', [{ value: '', text: 'all' }, ...named(arms, seriesName)], arm),
    picker('Norm', 'norm', named(norms, normName), norm, ['epsilon', 'attack', 'arm']),
    picker('Attack', 'attack', named(data.attacks, attackName), attack),
    picker(
      'ε',
      'epsilon',
      named(data.epsilons.map(format.epsilon), String),
      format.epsilon(epsilon),
    ),
    settingPicker(data.settings, data.setting),
  )
  const shown: Shown = { data, attack, epsilon }
  return {
    title: `${chosen.dataset} / ${chosen.architecture}`,
    content: [heading(), controls, ...body(shown)],
  }
}

let latest: { readonly key: string; readonly data: Robustness } | undefined

/** Asks the server; the same question about the same results has the same answer. */
async function answer(
  query: Readonly<Record<string, string | undefined>>,
  { counts }: Summary,
): Promise<Robustness> {
  const key = JSON.stringify([query, counts])
  if (latest?.key !== key) latest = { key, data: await get<Robustness>('/robustness', query) }
  return latest.data
}

function heading(): HTMLElement {
  return h('h1', {}, 'Is the likelihood-ratio model more robust?')
}

function body(shown: Shown): HTMLElement[] {
  const { data, attack } = shown
  if (data.curves.length === 0) {
    return [empty('No matched pair yet', 'No trained model here has a trained twin under attack.')]
  }
  const found = finding(data, attack, shown.epsilon)
  const single = data.attacks.filter(one => one !== WORST_CASE)
  return [
    h(
      'div',
      { class: 'answer' },
      findingCard(found, {}, trust(data, shown.epsilon)),
      curveFigure(shown, attack, found.numbers, 'medium'),
    ),
    armsTable(data, attack, shown.epsilon),
    h(
      'section',
      { 'aria-labelledby': 'differences' },
      h('h2', { id: 'differences' }, 'Matched pairs: paired difference to backprop'),
      differenceFigure(shown),
    ),
    h(
      'section',
      { 'aria-labelledby': 'attacks' },
      h('h2', { id: 'attacks' }, 'Attack by attack, white-box'),
      h('div', { class: 'grid' }, ...single.map(one => multiple(shown, one))),
    ),
    h(
      'section',
      { 'aria-labelledby': 'transfer' },
      h('h2', { id: 'transfer' }, 'White-box next to transfer'),
      h(
        'p',
        { class: 'lead' },
        'A transferred attack knows less than a white-box one. Where it does more harm, the ' +
          'white-box attack was misled and its robust accuracy is an artefact.',
      ),
      h('div', { class: 'grid' }, ...sourceFigures(shown)),
    ),
    flagList(data.flags),
  ]
}

function multiple(shown: Shown, attack: string): HTMLElement {
  const { numbers } = finding(shown.data, attack, shown.epsilon)
  return curveFigure(shown, attack, numbers, 'small')
}

/** The radius that was asked for, else the middle one of those at which twins can be compared. */
function chosenEpsilon(
  params: URLSearchParams,
  { epsilons, differences }: Robustness,
  attack: string,
): number {
  const wanted = params.get('epsilon')
  const compared = epsilons.filter(epsilon =>
    differences.some(one => one.attack === attack && one.epsilon === epsilon),
  )
  const offered = compared.length > 0 ? compared : epsilons
  const middle = offered[Math.floor((offered.length - 1) / 2)] ?? 0
  return epsilons.find(value => format.epsilon(value) === wanted) ?? middle
}

function named(values: readonly string[], name: (value: string) => string) {
  return values.map(value => ({ value, text: name(value) }))
}
