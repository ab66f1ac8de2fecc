import type { Gradients, Probe, Steps, Sweep } from '../../server/schemas/gradients.ts'
import type { Learning } from '../../server/schemas/learning.ts'
import { get } from '../api.ts'
import { h } from '../h.ts'
import { learningSection } from '../learning/section.ts'
import { armName } from '../names.ts'
import { picker, pickers } from '../pickers.ts'
import { filteredOut, noProbes, noSteps, noSweep, nothingYet } from '../states.ts'
import { valuesOf, variedBy } from '../sweep/variables.ts'
import { choice } from '../url-state.ts'
import { cosineFigure, costFigure, varianceFigure } from './gradient-figures.ts'
import type { Page, View } from './page.ts'
import { select, selectionPickers, settingPicker } from './selection.ts'
import { stepsSection } from './steps-section.ts'
import { sweepSection } from './sweep-section.ts'

/** `/gradients`: how noisy and how biased the gradient estimates are, and what that depends on. */
export async function gradients({ params, summary }: View): Promise<Page> {
  const heading = h('h1', {}, 'How good are the gradient estimates?')
  const groups = summary.groups
    .filter(group => group.probes > 0 || group.arms.length > 1)
    .toSorted((a, b) => Number(b.probes > 0) - Number(a.probes > 0))
  if (groups.length === 0) {
    return { title: 'Gradients', content: [heading, nothingYet(summary), noSweep(), noSteps()] }
  }
  const chosen = select(params, groups)
  const { dataset, architecture } = chosen
  const setting = params.get('setting') ?? undefined
  const [data, sweep, steps, learning] = await Promise.all([
    get<Gradients>('/gradients', { dataset, architecture, setting }),
    get<Sweep>('/gradients/sweep', { dataset }),
    get<Steps>('/gradients/steps', { dataset }),
    get<Learning>('/gradients/learning', { dataset, architecture, setting }),
  ])
  const [datasetPicker, architecturePicker] = selectionPickers(groups, chosen)
  const arms = unique(data.probes.map(probe => probe.arm))
  const arm = choice(params, 'arm', arms, arms.includes('bp') ? 'bp' : (arms[0] ?? ''))
  const trained = data.probes.filter(probe => probe.arm === arm)
  const { probes, controls } = narrowed(trained, params)
  // Curves and layers are of one architecture; it is picked above the first of the two.
  const which: readonly (HTMLElement | false)[] = [
    architecturePicker!,
    settingPicker(data.settings, data.setting),
  ]
  const learns = learning.series.length > 0
  const byLayer = h(
    'section',
    { 'aria-labelledby': 'layers', class: 'by-layer' },
    h('h2', { id: 'layers' }, 'Layer by layer'),
    pickers(
      'Which training',
      ...(learns ? [] : which),
      arms.length > 0 &&
        picker(
          'Probed models',
          'arm',
          arms.map(value => ({ value, text: armName(value) })),
          arm,
        ),
      ...controls,
    ),
    ...(data.probes.length > 0 ? figures(probes) : [noProbes()]),
  )
  const sections = [
    { filled: variedBy(sweep.probes).length > 0, content: sweepSection(sweep, params) },
    { filled: steps.groups.length > 0, content: stepsSection(steps, params) },
    ...(learns ? [{ filled: true, content: learningSection(learning, params, which) }] : []),
    { filled: data.probes.length > 0, content: byLayer },
  ]
  return {
    title: `Gradients of ${dataset} / ${architecture}`,
    content: [
      heading,
      pickers('Data', datasetPicker!),
      ...sections.filter(({ filled }) => filled).map(({ content }) => content),
      ...sections.filter(({ filled }) => !filled).map(({ content }) => content),
    ],
  }
}

/** Most estimators that can be told apart in one chart. */
const mostLines = 6

/** One noise, then one number of copies, as long as there are more estimators than can be told. */
function narrowed(all: readonly Probe[], params: URLSearchParams) {
  const controls: HTMLElement[] = []
  let probes = all
  for (const name of ['sigma', 'copies'] as const) {
    const lines = unique(
      probes.map(({ estimator, copies, sigma }) => `${estimator} ${copies} ${sigma}`),
    )
    const values = valuesOf(probes, name).map(String)
    if (lines.length <= mostLines || values.length < 2) continue
    const chosen = choice(params, name, values, values[Math.floor(values.length / 2)]!)
    const options = values.map(value => ({ value, text: value }))
    controls.push(picker(name === 'sigma' ? 'σ' : 'Copies', name, options, chosen))
    probes = probes.filter(probe => String(probe[name]) === chosen)
  }
  return { probes, controls }
}

function figures(probes: readonly Probe[]): HTMLElement[] {
  if (probes.length === 0) {
    return [filteredOut('No gradients were probed in this training.', '/gradients')]
  }
  return [
    h(
      'p',
      { class: 'lead' },
      `Each estimator gave the gradient of the same batch several times, on trained ` +
        `${armName(probes[0]!.arm)} models. Backprop's gradient of that batch is the reference.`,
    ),
    varianceFigure(probes),
    cosineFigure(probes),
    costFigure(probes),
  ]
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}
