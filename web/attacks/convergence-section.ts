import type { Convergence } from '../../server/schemas/attacks.ts'
import { h } from '../h.ts'
import { attackName } from '../names.ts'
import { picker, pickers } from '../pickers.ts'
import { empty } from '../states.ts'
import { choice } from '../url-state.ts'
import {
  accuracyOverIterations,
  convergenceFinding,
  lossOverIterations,
  unconvergedRemarks,
} from './convergence-figures.ts'
import { partName } from './parts-figure.ts'
import { budgetOf, optionsName } from './shown.ts'

/** Loss and robust accuracy over the iterations of one attack, or of one part of it. */
export function convergenceSection(data: Convergence, params: URLSearchParams): HTMLElement {
  return h(
    'section',
    { 'aria-labelledby': 'convergence' },
    h('h2', { id: 'convergence' }, 'Has the attack converged?'),
    h(
      'p',
      { class: 'lead' },
      'An attack that still breaks more at its end says too little: the robust accuracy that it leaves is ' +
        'too high.',
    ),
    ...content(data, params),
  )
}

function content(data: Convergence, params: URLSearchParams): HTMLElement[] {
  const { chosen, curves, attacks } = data
  const own = attacks.find(({ options }) => options === chosen?.options)
  if (!chosen || !own || curves.length === 0) return [nothing(data)]
  const names = [...new Set(curves.map(({ part }) => part))]
  const part = choice(params, 'part', names, names[0]!)
  const shown = {
    data,
    curves: curves.filter(curve => curve.part === part),
    title: `${optionsName(own)}${names.length > 1 ? `: ${partName(part)}` : ''}, ${budgetOf(chosen)}`,
  }
  const remarks = unconvergedRemarks(shown)
  return [
    pickers(
      'Which iterations to show',
      picker(
        'Attack',
        'iterating',
        attacks.map(one => ({ value: one.options, text: optionsName(one) })),
        own.options,
        ['part'],
      ),
      names.length > 1 &&
        picker(
          'Part',
          'part',
          names.map(value => ({ value, text: partName(value) })),
          part,
        ),
    ),
    h(
      'div',
      { class: 'card convergence', 'data-state': remarks.length > 0 ? 'open' : 'converged' },
      h('p', {}, convergenceFinding(shown)),
      remarks.length > 0
        ? h('ul', { class: 'remarks' }, ...remarks.map(remark => h('li', {}, remark)))
        : null,
      h('p', { class: 'muted' }, `Not converged: ${lower(data.methods.unconverged)}`),
    ),
    h('div', { class: 'grid wide' }, accuracyOverIterations(shown), lossOverIterations(shown)),
    ...(data.withoutIterations.length > 0
      ? [
          h(
            'p',
            { class: 'muted' },
            `Some evaluations were made before iterations were kept: ${listed(data)}.`,
          ),
        ]
      : []),
  ]
}

function nothing(data: Convergence): HTMLElement {
  if (data.withoutIterations.length > 0) {
    return empty(
      'Made before iterations were kept',
      `The attacks here (${listed(data)}) were run by an earlier version, which kept only their results. ` +
        'New evaluations are drawn here; in a new folder all of them are made again:',
      'npx gauntlet nightly --results new-results',
    )
  }
  return empty(
    'No iterations to show',
    'Kept are those of attacks, made on the model itself, that raise a loss step by step: on images PGD, BIM, ' +
      'MI-FGSM, APGD, Square, SPSA, NES, score gradients, random search and the parts of AutoAttack; on texts ' +
      'PGD on the embedding; on graphs PGD and MinMax. None was run here.',
  )
}

function listed({ withoutIterations }: Convergence): string {
  return withoutIterations.map(attackName).join(', ')
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
