import { createHash } from 'node:crypto'
import type { TransferModelRow } from '../../src/store/queries/transfer.ts'
import type { TransferGroup } from '../schemas/transfer.ts'
import { by, distinguishing } from '../settings.ts'

/** Models that differ in the seed alone, and which they are. */
export interface ModelGroup extends TransferGroup {
  /** By seed; of two models with the same seed the newer one. */
  readonly models: readonly TransferModelRow[]
}

/** Where a model stands, and with which seeds it was trained: more than one for an ensemble. */
export interface Place {
  readonly group: ModelGroup
  readonly seeds: readonly number[]
}

/** Groups of models by architecture and arm, ensembles last, and the group of each model. */
export function modelGroups(rows: readonly TransferModelRow[]): {
  readonly groups: readonly ModelGroup[]
  readonly places: ReadonlyMap<string, Place>
} {
  const single = rows.filter(row => row.arm !== 'ensemble')
  const known = new Map(single.map(row => [row.id, row]))
  const composed = rows
    .filter(row => row.arm === 'ensemble')
    .map(row => ({ row, members: membersOf(row).flatMap(id => known.get(id) ?? []) }))
    .filter(({ members }) => members.length > 0)
  const groups = [
    ...groupsOf(single, options).toSorted(byName),
    ...groupsOf(
      composed.map(({ row }) => row),
      row => ({ of: composition(composed.find(one => one.row === row)!.members) }),
    ).map(group => {
      const { members } = composed.find(({ row }) => row === group.models[0])!
      return { ...group, variant: '', members: kinds(members) }
    }),
  ]
  const seedsOf = new Map(composed.map(({ row, members }) => [row.id, members.map(m => m.seed)]))
  const places = groups.flatMap(group =>
    group.models.map(
      ({ id, seed }) => [id, { group, seeds: [...new Set(seedsOf.get(id) ?? [seed])] }] as const,
    ),
  )
  return { groups, places: new Map(places) }
}

/** A group as the API gives it. */
export function withoutModels({ models: _, ...group }: ModelGroup): TransferGroup {
  return group
}

/** The options by which models of one architecture and arm are told apart. */
function options(row: TransferModelRow): Record<string, unknown> {
  return {
    ...JSON.parse(row.architecture_config),
    ...JSON.parse(row.training_config),
    ...JSON.parse(row.estimator_config),
    data: row.dataset_id,
  }
}

function groupsOf(
  rows: readonly TransferModelRow[],
  optionsOf: (row: TransferModelRow) => Record<string, unknown>,
): ModelGroup[] {
  const alike = by(rows, row => JSON.stringify([row.architecture, row.arm]))
  return [...alike.values()].flatMap(named => {
    const sets = [...by(named, row => JSON.stringify(optionsOf(row)))]
    const configs = sets.map(([config]) => JSON.parse(config) as Record<string, unknown>)
    return sets.map(([config, members], at): ModelGroup => {
      const { architecture, arm } = members[0]!
      // An ensemble of each seed has other members, and some have no seed of their own.
      const models = arm === 'ensemble' ? members : newestOfEachSeed(members)
      return {
        id: createHash('sha256')
          .update(JSON.stringify([architecture, arm, config]))
          .digest('hex')
          .slice(0, 12),
        architecture,
        arm,
        variant: sets.length > 1 ? distinguishing(configs, at) : '',
        members: null,
        seeds: [...new Set(models.map(({ seed }) => seed))],
        models,
      }
    })
  })
}

/** Rows come oldest first, so that a later model of the same seed takes the earlier one's place. */
function newestOfEachSeed(rows: readonly TransferModelRow[]): TransferModelRow[] {
  return [...new Map(rows.map(row => [row.seed, row])).values()].sort((a, b) => a.seed - b.seed)
}

function byName(a: ModelGroup, b: ModelGroup): number {
  const [one, other] = [a, b].map(group => JSON.stringify([group.architecture, group.arm]))
  return one! < other! ? -1 : one! > other! ? 1 : a.variant < b.variant ? -1 : 1
}

function membersOf({ architecture_config }: TransferModelRow): readonly string[] {
  return (JSON.parse(architecture_config) as { members?: readonly string[] }).members ?? []
}

/** Ensembles of the same kinds of models are one group, whatever the seeds. */
function composition(members: readonly TransferModelRow[]): string {
  return JSON.stringify(kinds(members))
}

function kinds(members: readonly TransferModelRow[]) {
  const found = members.map(({ architecture, arm }) => JSON.stringify([architecture, arm]))
  return [...new Set(found)].sort().map(kind => {
    const [architecture, arm] = JSON.parse(kind) as [string, string]
    return { architecture, arm }
  })
}
