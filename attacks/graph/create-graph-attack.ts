import { z } from 'zod'
import { checkedAttack } from './checked-attack.ts'
import { diceKind } from './dice.ts'
import { featureFgsmKind } from './feature-fgsm.ts'
import { featureFlipKind } from './feature-flip.ts'
import { featurePgdKind } from './feature-pgd.ts'
import type { GraphAttack, GraphAttackKind } from './graph-attack.ts'
import { metattackKind } from './metattack/metattack.ts'
import { minMaxKind } from './min-max.ts'
import { nettackKind } from './nettack/nettack.ts'
import { pgdTopologyKind } from './pgd-topology.ts'
import { randomStructureKind } from './random-structure.ts'

/** An attack on nodes by name with its options, without its strength; the rest takes defaults. */
export const graphAttackSchema = z.discriminatedUnion('name', [
  diceKind.options,
  featureFgsmKind.options,
  featureFlipKind.options,
  featurePgdKind.options,
  metattackKind.options,
  minMaxKind.options,
  nettackKind.options,
  pgdTopologyKind.options,
  randomStructureKind.options,
])

/** How an attack on nodes is written in a plan. */
export type GraphAttackInput = z.input<typeof graphAttackSchema>

/** Options of an attack on nodes, all filled in. */
export type GraphAttackOptions = z.output<typeof graphAttackSchema>

type OptionsOf<Name> = Extract<GraphAttackOptions, { readonly name: Name }>

/** Every attack on nodes there is, by name. */
const kinds: {
  readonly [Name in GraphAttackOptions['name']]: GraphAttackKind<OptionsOf<Name>>
} = {
  dice: diceKind,
  'feature-fgsm': featureFgsmKind,
  'feature-flip': featureFlipKind,
  'feature-pgd': featurePgdKind,
  metattack: metattackKind,
  'min-max': minMaxKind,
  nettack: nettackKind,
  'pgd-topology': pgdTopologyKind,
  'random-structure': randomStructureKind,
}

/** The attack with these options and this strength; all that it returns is checked. */
export function createGraphAttack(options: GraphAttackOptions, strength: number): GraphAttack {
  const kind = kinds[options.name] as GraphAttackKind<GraphAttackOptions>
  return checkedAttack(kind.create(options, strength))
}
