import type { AttackEvaluationRow } from '../../src/store/queries/transfer.ts'
import { attackEvaluations, transferModels } from '../../src/store/queries/transfer.ts'
import type { Store } from '../../src/store/store.ts'
import type { AttacksQuery } from '../schemas/attacks.ts'
import { type Norm, normSchema } from '../schemas/primitives.ts'
import { by, distinguishing } from '../settings.ts'
import { nearest, optionsId } from '../transfer/choose.ts'
import { type ModelGroup, modelGroups, type Place } from '../transfer/model-groups.ts'

/** The white-box attacks on one architecture with one norm and radius, and what can be chosen. */
export interface Narrowed {
  readonly norms: Norm[]
  readonly epsilons: number[]
  readonly chosen: { readonly norm: Norm; readonly epsilon: number } | null
  readonly groups: readonly ModelGroup[]
  readonly places: ReadonlyMap<string, Place>
  /** By attack, set of options and setting. */
  readonly attacks: readonly NamedAttack[]
}

/** One attack with one set of options, and its evaluations. */
export interface NamedAttack {
  readonly attack: string
  readonly options: string
  readonly variant: string
  readonly setting: 'evasion' | 'poisoning'
  readonly rows: readonly AttackEvaluationRow[]
}

/** Narrows the attacks on a data set down; the norm and radius asked for, else those with most. */
export async function narrow(store: Store, query: AttacksQuery): Promise<Narrowed> {
  const { groups, places } = modelGroups(await transferModels(store, query.dataset))
  const all = await attackEvaluations(store, query.dataset, ['evasion', 'poisoning'])
  const own = all.filter(
    row =>
      row.architecture === query.architecture &&
      row.crafted_on === row.model_id &&
      places.has(row.model_id),
  )
  const norms = most(own, row => row.norm).map(norm => normSchema.parse(norm))
  const norm = query.norm ?? norms[0]
  const ofNorm = own.filter(row => row.norm === norm)
  const frequent = most(ofNorm, row => row.epsilon)
  const epsilons = frequent.toSorted((a, b) => a - b)
  const epsilon = nearest(epsilons, query.epsilon) ?? query.epsilon ?? frequent[0]
  const rows = ofNorm.filter(row => row.epsilon === epsilon)
  const used = new Set(rows.map(row => places.get(row.model_id)!.group.id))
  return {
    norms: norms.toSorted(),
    epsilons,
    chosen: norm && epsilon !== undefined ? { norm, epsilon } : null,
    groups: groups.filter(({ id }) => used.has(id)),
    places,
    attacks: named(rows),
  }
}

/** Values by how often they occur, then in ascending order. */
function most<Value extends string | number>(
  rows: readonly AttackEvaluationRow[],
  key: (row: AttackEvaluationRow) => Value,
): Value[] {
  return [...by(rows, key)]
    .sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))
    .map(([value]) => value)
}

function named(rows: readonly AttackEvaluationRow[]): NamedAttack[] {
  const alike = [...by(rows, row => row.attack)].sort(([a], [b]) => (a < b ? -1 : 1))
  return alike.flatMap(([attack, own]) => {
    const kinds = most(own, row => JSON.stringify([row.attack_config, row.setting]))
    const sets = kinds.map(kind =>
      own.filter(row => JSON.stringify([row.attack_config, row.setting]) === kind),
    )
    const configs = sets.map(([row]) => {
      const setting = row!.setting === 'poisoning' ? { setting: row!.setting } : {}
      return { ...JSON.parse(row!.attack_config), ...setting } as Record<string, unknown>
    })
    return sets.map(
      (set, at): NamedAttack => ({
        attack,
        options: optionsId(set[0]!.attack_config + set[0]!.setting),
        variant: sets.length > 1 ? distinguishing(configs, at) : '',
        setting: set[0]!.setting,
        rows: newestOfEachModel(set),
      }),
    )
  })
}

/** Of a model attacked more than once, as with another seed of the attack, the most examples. */
function newestOfEachModel(rows: readonly AttackEvaluationRow[]): AttackEvaluationRow[] {
  const smallestFirst = rows.toSorted((a, b) => a.n - b.n)
  return [...new Map(smallestFirst.map(row => [row.model_id, row])).values()]
}
