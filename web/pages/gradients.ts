import type { Gradients, Probe } from '../../server/schemas.ts'
import { get } from '../api.ts'
import { h } from '../h.ts'
import { armName } from '../names.ts'
import { picker, pickers } from '../pickers.ts'
import { filteredOut, nothingYet } from '../states.ts'
import { choice } from '../url-state.ts'
import { cosineFigure, costFigure, varianceFigure } from './gradient-figures.ts'
import type { Page, View } from './page.ts'
import { select, selectionPickers, settingPicker } from './selection.ts'

/** `/gradients`: how noisy and how biased the gradient estimates are, layer by layer. */
export async function gradients({ params, summary }: View): Promise<Page> {
  const heading = h('h1', {}, 'How good are the gradient estimates?')
  const groups = summary.groups.filter(group => group.probes > 0)
  if (groups.length === 0) return { title: 'Gradients', content: [heading, nothingYet(summary)] }
  const chosen = select(params, groups)
  const { dataset, architecture } = chosen
  const setting = params.get('setting') ?? undefined
  const data = await get<Gradients>('/gradients', { dataset, architecture, setting })
  const arms = unique(data.probes.map(probe => probe.arm))
  const arm = choice(params, 'arm', arms, arms.includes('bp') ? 'bp' : (arms[0] ?? ''))
  const controls = pickers(
    'What to show',
    ...selectionPickers(groups, chosen),
    picker(
      'Probed models',
      'arm',
      arms.map(value => ({ value, text: armName(value) })),
      arm,
    ),
    settingPicker(data.settings, data.setting),
  )
  const probes = data.probes.filter(probe => probe.arm === arm)
  return {
    title: `Gradients of ${dataset} / ${architecture}`,
    content: [heading, controls, ...figures(probes)],
  }
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
