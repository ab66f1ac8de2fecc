import type { Contents, Gallery } from '../../server/schemas/gallery.ts'
import { h } from '../h.ts'

/** How to read the cards, in words with the marks themselves. */
export function legend({ kind, classes }: Gallery, contents: readonly Contents[]): HTMLElement {
  const spikes = contents.some(({ layers }) => layers.length > 0)
  const grey = contents.some(({ shape }) => shape?.[2] === 1)
  return h('p', { class: 'legend' }, ...words(kind, grey, classes), ...(spikes ? spikeWords() : []))
}

function words(
  kind: Gallery['kind'],
  grey: boolean,
  classes: readonly string[],
): (HTMLElement | string)[] {
  switch (kind) {
    case 'sequences':
      return [
        'Words that the attack replaced: ',
        h('del', {}, h('span', { class: 'sign' }, '−'), 'before'),
        ' ',
        h('ins', {}, h('span', { class: 'sign' }, '+'), 'after'),
        '.',
      ]
    case 'graph':
      return [
        'The target is the large node in the middle. Thick lines were joined by the attack, dashed ' +
          `ones parted. Classes: ${classes.map((name, at) => `${at} ${name}`).join(', ')}.`,
      ]
    default:
      return grey
        ? [
            'Changes: ',
            h('span', { class: 'swatch darker' }),
            ' darker, ',
            h('span', { class: 'swatch same' }),
            ' unchanged, ',
            h('span', { class: 'swatch lighter' }),
            ' lighter; the factor stands below.',
          ]
        : ['Changes of the three colours about a middle grey; the factor stands below.']
  }
}

function spikeWords(): (HTMLElement | string)[] {
  return [
    ' Spikes: left the clean image, right the adversarial one; time to the right, neurons down; ',
    h('span', { class: 'swatch darker' }),
    ' gone, ',
    h('span', { class: 'swatch lighter' }),
    ' new.',
  ]
}
