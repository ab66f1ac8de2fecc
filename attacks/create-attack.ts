import { z } from 'zod'
import { apgdCeKind, apgdDlrKind, apgdTKind } from './apgd.ts'
import type { Attack } from './attack.ts'
import type { AttackKind } from './attack-kind.ts'
import { autoattackKind } from './autoattack.ts'
import { bimKind } from './bim.ts'
import { cwKind } from './cw.ts'
import { deepfoolKind } from './deepfool.ts'
import { fabKind, fabTKind } from './fab.ts'
import { fgsmKind } from './fgsm.ts'
import { hopSkipJumpKind } from './hop-skip-jump.ts'
import { miFgsmKind } from './mi-fgsm.ts'
import { nesKind } from './nes.ts'
import { knownAttack } from './own/known-attacks.ts'
import { isOwn, type OwnAttackOptions } from './own/own-attack.ts'
import { pgdKind } from './pgd.ts'
import { randomSearchKind } from './random-search.ts'
import { scoreGradientKind } from './score-gradient.ts'
import { spsaKind } from './spsa.ts'
import { squareKind } from './square.ts'

/** An attack by name with its options but without its radius; what is left out takes the default. */
export const attackSchema = z.discriminatedUnion('name', [
  apgdCeKind.options,
  apgdDlrKind.options,
  apgdTKind.options,
  autoattackKind.options,
  bimKind.options,
  cwKind.options,
  deepfoolKind.options,
  fabKind.options,
  fabTKind.options,
  fgsmKind.options,
  hopSkipJumpKind.options,
  miFgsmKind.options,
  nesKind.options,
  pgdKind.options,
  randomSearchKind.options,
  scoreGradientKind.options,
  spsaKind.options,
  squareKind.options,
])

/** How an attack is written in a plan. */
export type AttackInput = z.input<typeof attackSchema>

/** Options of one of Gauntlet's attacks, all filled in. */
export type BuiltInOptions = z.output<typeof attackSchema>

/** An attack's options, all filled in. */
export type AttackOptions = BuiltInOptions | OwnAttackOptions

/** Every attack that comes with Gauntlet, by name. */
const kinds: { readonly [Name in BuiltInOptions['name']]: AttackKind<OptionsOf<Name>> } = {
  'apgd-ce': apgdCeKind,
  'apgd-dlr': apgdDlrKind,
  'apgd-t': apgdTKind,
  autoattack: autoattackKind,
  bim: bimKind,
  cw: cwKind,
  deepfool: deepfoolKind,
  fab: fabKind,
  'fab-t': fabTKind,
  fgsm: fgsmKind,
  'hop-skip-jump': hopSkipJumpKind,
  'mi-fgsm': miFgsmKind,
  nes: nesKind,
  pgd: pgdKind,
  'random-search': randomSearchKind,
  'score-gradient': scoreGradientKind,
  spsa: spsaKind,
  square: squareKind,
}

type OptionsOf<Name> = Extract<BuiltInOptions, { readonly name: Name }>

function kindOf(options: AttackOptions): AttackKind<AttackOptions> {
  const kind = isOwn(options) ? knownAttack(options).kind : kinds[options.name]
  return kind as AttackKind<AttackOptions>
}

/** What options that are stored must be like. */
export function storedSchema(stored: object): z.ZodType<AttackOptions> {
  if (!isOwn(stored)) return attackSchema
  const { options } = knownAttack(stored).kind
  return z.preprocess(({ sha256: _, ...written }: OwnAttackOptions) => written, options)
}

/** The attack with these options and this radius. */
export function createAttack(options: AttackOptions, epsilon: number): Attack {
  return kindOf(options).create(options, epsilon)
}

/** Rough number of model calls on one example: what an attack costs. */
export function expectedQueries(options: AttackOptions): number {
  return kindOf(options).expectedQueries(options)
}
