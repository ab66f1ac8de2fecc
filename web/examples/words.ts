import type {
  Gallery,
  GalleryColumn,
  GalleryFilter,
  GalleryItem,
  GalleryOutcome,
} from '../../server/schemas/gallery.ts'
import * as format from '../format.ts'
import { attackName, normName, seriesName } from '../names.ts'

/** What became of an example, apart from its classes. */
export type Fate = 'broken' | 'held' | 'skipped'

/** Whether the attack broke it; one that is wrong without attack is not attacked. */
export function fateOf({ label }: GalleryItem, outcome: GalleryOutcome): Fate {
  if (outcome.success) return 'broken'
  return outcome.cleanPrediction === label ? 'held' : 'skipped'
}

/** A sign for each, so that colour is not all that tells them apart. */
export const fateSigns: Readonly<Record<Fate, string>> = { broken: '✕', held: '✓', skipped: '–' }

/** e.g. `broken: 7 → 3`, `held: still 7`. */
export function fateWords(item: GalleryItem, outcome: GalleryOutcome, classes: readonly string[]) {
  const name = (label: number) => classes[label] ?? String(label)
  const { cleanPrediction, adversarialPrediction } = outcome
  switch (fateOf(item, outcome)) {
    case 'broken':
      return `broken: ${name(cleanPrediction)} → ${name(adversarialPrediction)}`
    case 'held':
      return `held: still ${name(adversarialPrediction)}`
    case 'skipped':
      return cleanPrediction === adversarialPrediction
        ? `wrong without attack: ${name(cleanPrediction)}`
        : `wrong without attack: ${name(cleanPrediction)}, then ${name(adversarialPrediction)}`
  }
}

/** The size of the change and what it cost, e.g. `L∞ 0.100 · L2 1.82 · 9 model calls`. */
export function sizeWords(outcome: GalleryOutcome): string {
  const { linf, l2, l1, words, changedWords, changedEdges, changedEntries } = outcome
  const norm = (name: string, value: number | null) =>
    value !== null && `${normName(name)} ${format.real(value)}`
  return [
    norm('linf', linf),
    norm('l2', l2),
    norm('l1', l1),
    changedWords !== null && `${changedWords} of ${format.plural(words ?? 0, 'word')} changed`,
    changedEdges !== null && `${format.plural(changedEdges, 'edge')} changed`,
    changedEntries !== null && `${format.plural(changedEntries, 'feature')} changed`,
    format.plural(outcome.queries, 'model call'),
    outcome.component !== null && `broken by ${attackName(outcome.component)}`,
  ]
    .filter(Boolean)
    .join(' · ')
}

/** A source of examples: `white-box`, or `lenet:bp`. */
export function sourceName(source: string): string {
  const [architecture, arm] = source.split(':')
  return arm === undefined ? 'each model itself' : `${architecture}, ${seriesName(arm)}`
}

/** What a filter lets through, for one model or for several. */
export function filterName(filter: GalleryFilter, several: boolean): string {
  return (several ? ofSeveral : ofOne)[filter]
}

const ofSeveral: Readonly<Record<GalleryFilter, string>> = {
  all: 'all',
  broken: 'broken on some model',
  one: 'broken on one model alone',
  held: 'held on every model',
  wrong: 'wrong without attack on some model',
}

const ofOne: Readonly<Record<GalleryFilter, string>> = {
  all: 'all',
  broken: 'broken',
  one: 'broken on one model alone',
  held: 'held',
  wrong: 'wrong without attack',
}

/** Where and under which attack, e.g. `mnist lenet, seed 0: PGD L∞ ε = 0.1, …`. */
export function placeWords({ chosen }: Gallery): string {
  if (!chosen) return ''
  const { attack, norm, epsilon, source, seed, setting } = chosen
  return (
    `${setting.dataset} ${setting.architecture}, seed ${seed}: ${attackName(attack)} ` +
    `${normName(norm)} ε = ${format.epsilon(epsilon)}, crafted on ${sourceName(source)}`
  )
}

/** What is seen, in one sentence made of the numbers. */
export function findingOf({ chosen, counts, columns }: Gallery): string {
  if (!chosen) return ''
  const { attack, norm, epsilon, source } = chosen
  const several = columns.length > 1
  const parts = (['broken', ...(several ? (['one'] as const) : []), 'held', 'wrong'] as const).map(
    filter => `${format.count(counts[filter])} ${filterName(filter, several)}`,
  )
  return (
    `${attackName(attack)}, ${normName(norm)} ε = ${format.epsilon(epsilon)}, crafted on ` +
    `${sourceName(source)}. Of ${format.plural(counts.all, 'test example')}: ${parts.join(', ')}.`
  )
}

/** A model's accuracy under the attack with its interval, e.g. `16.3 % [14.1, 18.7], n = 1 000`. */
export function accuracyWords({ robustAccuracy, low, high, n }: GalleryColumn): string {
  return (
    `${format.percent(robustAccuracy)} ${format.percentInterval(low, high)} right under attack, ` +
    `n = ${format.count(n)}`
  )
}
