import { identifierOf } from '../../src/plans/identifier.ts'
import { noiseTitle } from '../../src/plans/inference.ts'
import type { GalleryEvaluation } from '../../src/store/queries/gallery.ts'
import type { Gallery, GalleryQuery } from '../schemas/gallery.ts'
import { type Norm, normSchema } from '../schemas/primitives.ts'
import { distinguishing } from '../settings.ts'

/** Each model on the examples that were crafted on itself. */
const WHITE_BOX = 'white-box'

/** The attack that is shown, with what else could be. */
export interface ChosenAttack {
  readonly choices: Pick<
    Gallery['choices'],
    'attacks' | 'norms' | 'epsilons' | 'sources' | 'variants'
  >
  readonly chosen: Omit<NonNullable<Gallery['chosen']>, 'setting' | 'seed'>
  /** The evaluations that are left, in the order in which they came. */
  readonly evaluations: readonly GalleryEvaluation[]
}

/**
 * Narrows evaluations down to one attack, choice after choice; each is made among what the earlier
 * ones leave. Undefined where there are none.
 */
export function chooseAttack(
  all: readonly GalleryEvaluation[],
  query: GalleryQuery,
): ChosenAttack | undefined {
  if (all.length === 0) return undefined
  const attacks = unique(all.map(row => row.attack)).sort()
  const attack = wanted(attacks, query.attack)
  const ofAttack = all.filter(row => row.attack === attack)
  const norms = unique(ofAttack.map(normOf)).sort()
  const norm = wanted(norms, query.norm)
  const ofNorm = ofAttack.filter(row => row.norm === norm)
  const epsilons = unique(ofNorm.map(row => row.epsilon)).sort((a, b) => a - b)
  const epsilon = wanted(epsilons, query.epsilon)
  const ofEpsilon = ofNorm.filter(row => row.epsilon === epsilon)
  const sources = sourcesOf(ofEpsilon)
  const source = wanted(sources, query.source)
  const ofSource = ofEpsilon.filter(row => from(row, source))
  const variants = variantsOf(ofSource)
  const variant = wanted(
    variants.map(({ id }) => id),
    query.variant,
  )
  return {
    choices: { attacks, norms, epsilons, sources, variants },
    chosen: { attack, norm, epsilon, source, variant },
    evaluations: ofSource.filter(row => variantOf(row) === variant),
  }
}

/** White box first; a source that some model met the examples of, other than the source itself. */
function sourcesOf(rows: readonly GalleryEvaluation[]): string[] {
  const white = rows.some(isWhite) ? [WHITE_BOX] : []
  return [...white, ...unique(rows.filter(row => !isWhite(row)).map(sourceOf)).sort()]
}

/** A source's own evaluation belongs to it too: all models meet the same examples then. */
function from(row: GalleryEvaluation, source: string): boolean {
  return source === WHITE_BOX ? isWhite(row) : sourceOf(row) === source
}

function isWhite(row: GalleryEvaluation): boolean {
  return row.crafted_on === row.model_id
}

function sourceOf(row: GalleryEvaluation): string {
  return `${row.source_architecture}:${row.source_arm}`
}

function variantOf({ attack_config, inference, setting }: GalleryEvaluation): string {
  return identifierOf([attack_config, inference, setting])
}

function variantsOf(rows: readonly GalleryEvaluation[]): Gallery['choices']['variants'] {
  const firsts = unique(rows.map(variantOf)).map(id => rows.find(row => variantOf(row) === id)!)
  const configs = firsts.map(row => JSON.parse(row.attack_config) as Record<string, unknown>)
  return firsts.map((row, at) => {
    const { inference, setting } = row
    const title = [
      distinguishing(configs, at),
      setting === 'poisoning' && 'trained on the changed graph',
      inference !== null && noiseTitle(JSON.parse(inference).noise),
    ].filter(Boolean)
    return { id: variantOf(row), title: title.join(', ') || 'as it is' }
  })
}

function normOf({ norm }: GalleryEvaluation): Norm {
  return normSchema.parse(norm)
}

/** What is asked for, if it can be had; else the first. */
function wanted<T>(choices: readonly T[], asked: T | undefined): T {
  return choices.find(choice => choice === asked) ?? choices[0]!
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
