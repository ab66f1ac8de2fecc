import type { AttackRow, Attacks } from '../../server/schemas/attacks.ts'
import type { TransferGroup } from '../../server/schemas/transfer.ts'
import { budget, isRadius } from '../budget.ts'
import { type Mark, marksOf } from '../charts/palette.ts'
import * as format from '../format.ts'
import { armName, attackName, normName } from '../names.ts'

/** The attacks of one view, with the names and marks that all its figures share. */
export interface ShownAttacks {
  readonly rows: readonly AttackRow[]
  readonly groups: readonly TransferGroup[]
  readonly marks: ReadonlyMap<string, Mark>
  readonly names: ReadonlyMap<string, string>
  /** e.g. `L∞ ε = 0.1` */
  readonly budget: string
  readonly norm: NonNullable<Attacks['chosen']>['norm']
}

export function shownAttacks({
  rows,
  groups,
  chosen,
}: Attacks & { readonly chosen: NonNullable<Attacks['chosen']> }): ShownAttacks {
  return {
    rows,
    groups,
    marks: groupMarks(groups),
    names: new Map(groups.map(group => [group.id, groupOfOneName(group)])),
    budget: budgetOf(chosen),
    norm: chosen.norm,
  }
}

/** The marks of groups of one architecture: those of their arms. */
export function groupMarks(groups: readonly TransferGroup[]): ReadonlyMap<string, Mark> {
  const marks = marksOf(groups.map(({ arm }) => arm))
  return new Map(groups.map(({ id }, at) => [id, marks[at]!]))
}

/** What a group is called where the architecture is known. */
export function groupOfOneName({ arm, variant }: TransferGroup): string {
  return variant ? `${armName(arm)} (${variant})` : armName(arm)
}

/** A norm and radius, or a share of what may be changed. */
export function budgetOf({ norm, epsilon }: NonNullable<Attacks['chosen']>): string {
  return isRadius(norm) ? `${normName(norm)} ε = ${format.epsilon(epsilon)}` : budget(norm, epsilon)
}

type Named = Pick<AttackRow, 'attack' | 'options' | 'variant' | 'setting'>

/** What an attack is called, with what tells it from others of its name. */
export function optionsName({ attack, variant, setting }: Omit<Named, 'options'>): string {
  const more = [setting === 'poisoning' ? 'poisoning' : '', variant.replace(/,? ?setting \w+/, '')]
  const said = more.filter(Boolean).join(', ')
  return said ? `${attackName(attack)} (${said})` : attackName(attack)
}

/** The attacks in the order in which figures show them, each once. */
export function attacksIn(rows: readonly AttackRow[]): readonly AttackRow[] {
  return [...new Map(rows.map(row => [row.options, row])).values()]
}

/** n and seeds of some rows, for notes. */
export function sizesOf(rows: readonly AttackRow[]): string {
  const right = rows.map(row => row.successful + row.failed)
  const seeds = rows.map(row => row.evaluations)
  const models = `${numbers(seeds)} model${Math.max(...seeds) === 1 ? '' : 's'} of an arm`
  return `n = ${numbers(right)} examples that are right without attack, over ${models}`
}

function numbers(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return low === high ? format.count(low) : `${format.count(low)}–${format.count(high)}`
}
