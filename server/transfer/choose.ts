import { createHash } from 'node:crypto'
import type { AttackEvaluationRow } from '../../src/store/queries/transfer.ts'
import { normSchema } from '../schemas/primitives.ts'
import type { AttackOptionsChoice, Transfer, TransferQuery } from '../schemas/transfer.ts'
import { by, distinguishing } from '../settings.ts'

/** What can be chosen, what is, and the evaluations that it leaves. */
export interface Choice
  extends Pick<
    Transfer,
    'architectures' | 'norms' | 'attacks' | 'epsilons' | 'options' | 'chosen'
  > {
  readonly rows: readonly AttackEvaluationRow[]
}

/**
 * Narrows evaluations down to one norm, attack, radius and set of options: those asked for, else those
 * with most transferred examples; of the radii that have most, the middle one.
 */
export function choose(
  all: readonly AttackEvaluationRow[],
  query: TransferQuery,
  architectures: readonly string[],
): Choice {
  const norms = most(all, row => row.norm).map(norm => normSchema.parse(norm))
  const norm = query.norm ?? norms[0]
  const ofNorm = all.filter(row => row.norm === norm)
  const attacks = most(ofNorm, row => row.attack)
  const attack = query.attack ?? preferred(ofNorm, attacks)
  const ofAttack = ofNorm.filter(row => row.attack === attack)
  const epsilons = [...new Set(ofAttack.map(row => row.epsilon))].sort((a, b) => a - b)
  const epsilon = nearest(epsilons, query.epsilon) ?? query.epsilon ?? middle(ofAttack, epsilons)
  const ofRadius = ofAttack.filter(row => row.epsilon === epsilon)
  const options = optionsOf(ofRadius)
  const chosenOptions = query.options ?? options[0]?.id
  const choices = {
    architectures: [...architectures],
    norms: norms.toSorted(),
    attacks: attacks.toSorted(),
    epsilons,
    options,
  }
  if (!norm || !attack || epsilon === undefined) return { ...choices, chosen: null, rows: [] }
  const { architecture = null, seeds } = query
  return {
    ...choices,
    chosen: { architecture, norm, attack, epsilon, options: chosenOptions ?? '', seeds },
    rows: ofRadius.filter(row => optionsId(withoutApproach(row)) === chosenOptions),
  }
}

/** A radius as the address writes it, with three digits, is the one that was meant. */
export function nearest(
  epsilons: readonly number[],
  wanted: number | undefined,
): number | undefined {
  if (wanted === undefined) return undefined
  return epsilons.find(value => Number(value.toPrecision(3)) === Number(wanted.toPrecision(3)))
}

/** PGD where no attack has more transferred examples: what a single step finds says little. */
function preferred(
  rows: readonly AttackEvaluationRow[],
  attacks: readonly string[],
): string | undefined {
  const count = (attack: string | undefined) =>
    rows.reduce((sum, row) => sum + (row.attack === attack ? isTransfer(row) : 0), 0)
  return attacks.includes('pgd') && count('pgd') === count(attacks[0]) ? 'pgd' : attacks[0]
}

const isTransfer = (row: AttackEvaluationRow) => Number(row.crafted_on !== row.model_id)

/** Values by the number of transferred evaluations, then of all, then by name. */
function most<Key extends string | number>(
  rows: readonly AttackEvaluationRow[],
  key: (row: AttackEvaluationRow) => Key,
): Key[] {
  return [...by(rows, key)]
    .map(([value, group]) => {
      const transferred = group.reduce((sum, row) => sum + isTransfer(row), 0)
      return { value, transferred, all: group.length }
    })
    .sort((a, b) => b.transferred - a.transferred || b.all - a.all || (a.value < b.value ? -1 : 1))
    .map(({ value }) => value)
}

function middle(
  rows: readonly AttackEvaluationRow[],
  epsilons: readonly number[],
): number | undefined {
  const counts = epsilons.map(epsilon =>
    rows.reduce((sum, row) => sum + (row.epsilon === epsilon ? isTransfer(row) : 0), 0),
  )
  const largest = Math.max(...counts)
  const offered = epsilons.filter((_, at) => counts[at] === largest)
  return offered[Math.floor((offered.length - 1) / 2)]
}

function optionsOf(rows: readonly AttackEvaluationRow[]): AttackOptionsChoice[] {
  const configs = most(rows, withoutApproach)
  const parsed = configs.map(config => JSON.parse(config) as Record<string, unknown>)
  return configs.map((config, at) => ({
    id: optionsId(config),
    variant: configs.length > 1 ? distinguishing(parsed, at) : '',
    evaluations: rows.filter(row => withoutApproach(row) === config).length,
  }))
}

/**
 * An attack's options without the way it goes about its source: a spiking source needs surrogates, and
 * what it gives is compared with what others give all the same.
 */
function withoutApproach({ attack_config }: AttackEvaluationRow): string {
  const { surrogates: _, eot: __, ...options } = JSON.parse(attack_config)
  return JSON.stringify(options)
}

/** A short name of an attack's options, equal in every database. */
export function optionsId(config: string): string {
  return createHash('sha256').update(config).digest('hex').slice(0, 12)
}
