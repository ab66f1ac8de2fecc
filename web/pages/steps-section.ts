import type { Steps } from '../../server/schemas/gradients.ts'
import { h } from '../h.ts'
import { armName } from '../names.ts'
import { picker, pickers } from '../pickers.ts'
import { noSteps } from '../states.ts'
import { accuracies } from '../steps/accuracy.ts'
import { chooseSteps, type StepChoice } from '../steps/choices.ts'
import { stepFinding } from '../steps/finding.ts'
import { findingCard } from './finding-card.ts'
import { stepsAccuracyFigure, stepsFigure } from './steps-figures.ts'

/** How gradients shrink through the steps of recurrent networks, and whether that costs accuracy. */
export function stepsSection({ groups }: Steps, params: URLSearchParams): HTMLElement {
  const heading = h('h2', { id: 'steps' }, 'From time step to time step')
  const section = (...content: readonly HTMLElement[]) =>
    h('section', { 'aria-labelledby': 'steps', class: 'steps' }, heading, ...content)
  if (groups.length === 0) return section(noSteps())
  const { choices, group } = chooseSteps(params, groups)
  const arms = accuracies(groups, group)
  const finding = stepFinding(groups, group)
  const shown = choices.filter(({ name, from }) => name !== 'steps-models' || from.length > 1)
  return section(
    pickers(
      'Which recurrent networks',
      ...shown.map(({ name, value, from }, at) =>
        picker(
          labels[name],
          name,
          from.map(one => ({ value: one, text: textOf(name, one, groups) })),
          value,
          choices.slice(at + 1).map(later => later.name),
        ),
      ),
    ),
    findingCard(finding, { id: 'steps-finding', heading: 'h3' }),
    h(
      'div',
      { class: 'grid beside' },
      stepsFigure(group, `${finding.headline}. ${finding.numbers}`),
      arms.length > 0 && stepsAccuracyFigure(arms, group),
    ),
  )
}

const labels: Readonly<Record<StepChoice['name'], string>> = {
  'steps-network': 'Architecture',
  'steps-arm': 'Trained with',
  'steps-site': 'Site',
  'steps-models': 'Models',
}

function textOf(name: StepChoice['name'], value: string, groups: Steps['groups']): string {
  if (name === 'steps-arm') return armName(value)
  if (name !== 'steps-models') return value
  return groups.find(group => group.id === value)!.variant
}
