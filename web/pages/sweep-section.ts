import type { Probe, Sweep } from '../../server/schemas/gradients.ts'
import * as format from '../format.ts'
import { h } from '../h.ts'
import { armName } from '../names.ts'
import { type Option, picker, pickers } from '../pickers.ts'
import { filteredOut, noSweep } from '../states.ts'
import { ALL, type Choices, chooseSweep, type FilterName, layerChoices } from '../sweep/choices.ts'
import { measureNames, measures } from '../sweep/measures.ts'
import { type AxisName, variableNames, variables, variedBy } from '../sweep/variables.ts'
import { sweepFigure } from './sweep-figures.ts'

/** Two measures of all probes of a data set against what varies between them. */
export function sweepSection({ probes }: Sweep, params: URLSearchParams): HTMLElement {
  const heading = h('h2', { id: 'sweep' }, 'Against depth, width, copies, σ and time')
  const section = (...content: readonly HTMLElement[]) =>
    h('section', { 'aria-labelledby': 'sweep', class: 'sweep' }, heading, ...content)
  if (variedBy(probes).length === 0) return section(noSweep())
  const choices = chooseSweep(params, probes)
  const axisText = (name: AxisName) =>
    name === 'layer' || name === 'time' ? name : variables[name].label
  const controls = pickers(
    'What the sweep shows',
    picker(
      'Against',
      'x',
      choices.axes.map(value => ({ value, text: axisText(value) })),
      choices.axis,
      [...variableNames.map(name => `at-${name}`)],
    ),
    ...(['left', 'right'] as const).map((side, at) =>
      picker(
        side === 'left' ? 'Left chart' : 'Right chart',
        side,
        measureNames.map(value => ({ value, text: measures[value].title })),
        choices.measures[at]!,
      ),
    ),
    ...filterPickers(choices, probes),
    ...fixedPickers(choices),
    choices.along !== null &&
      picker(
        'Layers',
        'layers',
        layerChoices.map(value => ({ value, text: value === ALL ? 'mean of all' : value })),
        choices.layers,
      ),
  )
  if (choices.probes.length === 0) {
    return section(controls, filteredOut('No gradients were probed like this.', '/gradients'))
  }
  const [left, right] = choices.measures
  return section(
    controls,
    h(
      'div',
      { class: 'grid wide' },
      sweepFigure(choices, left),
      ...(right === left ? [] : [sweepFigure(choices, right)]),
    ),
  )
}

const filterLabels: Readonly<Record<FilterName, string>> = {
  network: 'Networks',
  trained: 'Trained with',
  training: 'Training',
  estimator: 'Estimator',
  engine: 'Engine',
}

function filterPickers({ filters }: Choices, probes: readonly Probe[]): HTMLElement[] {
  // Architectures are trained each in its own way; a choice is needed where one is in several.
  const ways = new Set(probes.map(({ architecture, training }) => `${architecture} ${training}`))
  const severalTrainings = ways.size > new Set(probes.map(probe => probe.architecture)).size
  return (Object.keys(filterLabels) as FilterName[])
    .filter(name => filters[name].from.length > 1)
    .filter(name => name !== 'training' || severalTrainings)
    .map(name => {
      const named = name === 'trained' || name === 'estimator'
      const options = filters[name].from.map(
        (value): Option => ({ value, text: named ? armName(value) : value }),
      )
      const all = { value: ALL, text: 'all' }
      return picker(filterLabels[name], name, [all, ...options], filters[name].value)
    })
}

function fixedPickers({ fixed }: Choices): HTMLElement[] {
  return variableNames.flatMap(name => {
    const chosen = fixed[name]
    if (!chosen) return []
    const { label, text } = variables[name]
    const options = chosen.from.map(
      (value): Option => ({ value: String(value), text: text(value) }),
    )
    const each = { value: ALL, text: 'a line each' }
    return [picker(format.capital(label), `at-${name}`, [each, ...options], String(chosen.value))]
  })
}
