/**
 * A small database of attacks, ten examples each, whose outcomes are written out: R: right without and
 * under attack; a: right until attacked; w: wrong anyway.
 */
import { join } from 'node:path'
import {
  type NewConvergencePoint,
  saveDataset,
  saveEnvironment,
  saveEvaluation,
  saveModel,
} from '../../src/store/results.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { newFolder } from '../folder.ts'
import { dataset, environment, idOf, model } from './fixture.ts'

const bp = (seed: number) => idOf({ arm: 'bp', seed, architecture: 'linear' })
const lr = (seed: number) => idOf({ arm: 'lr-logit', seed, architecture: 'linear' })
const mlp = idOf({ arm: 'bp', seed: 0, architecture: 'mlp' })

/** Source, target and what became of the examples, under PGD at 0.1. */
export const pgdOutcomes = [
  [bp(0), bp(0), 'RRaaaaaaww'],
  [bp(1), bp(1), 'RRRaaaaaaw'],
  [lr(0), lr(0), 'RRRRRRRRRw'],
  [lr(1), lr(1), 'RRRRRRRRRw'],
  [lr(0), bp(0), 'RRRRaaaaww'],
  [lr(1), bp(1), 'RRRRRaaaaw'],
  [bp(0), lr(0), 'aaaaaaaaRw'],
  [bp(1), lr(1), 'aaaaaaaaRw'],
  // Between seeds.
  [bp(0), bp(1), 'RRRRRRaaaw'],
  ['ensemble', mlp, 'RRRaaaaaaw'],
] as const

/** A new folder with this database. */
export async function transferFile(): Promise<string> {
  const file = join(await newFolder('transfer'), 'gauntlet.db')
  const store = await openStore(file)
  await store.transaction().execute(fill)
  await store.destroy()
  return file
}

async function fill(store: Store): Promise<void> {
  await saveEnvironment(store, environment)
  await saveDataset(store, dataset('tiny', 20, 10, 2))
  for (const seed of [0, 1]) {
    for (const arm of ['bp', 'lr-logit']) {
      await model(store, { arm, seed, architecture: 'linear' }, 'tiny')
    }
  }
  await model(store, { arm: 'bp', seed: 0, architecture: 'mlp' }, 'tiny')
  await saveEnsemble(store, [bp(0), lr(0)])
  for (const [source, target, outcomes] of pgdOutcomes) {
    await attack(store, { source, target, outcomes })
  }
  // For the checks alone: it must not take the place of the comparison's.
  await attack(store, {
    ...{ source: bp(0), target: bp(0), outcomes: 'aaaaaaaaww' },
    ...{ id: 'check', purpose: 'check' },
  })
  // A weaker one with other options, and one at another radius.
  const weak = { name: 'pgd', steps: 2 }
  await attack(store, { source: bp(0), target: bp(0), outcomes: 'RRRRRRaaww', config: weak })
  await attack(store, { source: bp(0), target: bp(0), outcomes: 'RRRRRRRRww', epsilon: 0.05 })
  await attack(store, {
    ...{ source: bp(0), target: bp(0), outcomes: 'Raaaaaaaww' },
    config: { name: 'autoattack', norm: 'linf', version: 'standard' },
    components: ['apgd-ce', 'apgd-ce', 'apgd-ce', 'apgd-ce', 'apgd-ce', 'square', 'square'],
  })
}

async function saveEnsemble(store: Store, members: readonly string[]): Promise<void> {
  const row = await store
    .selectFrom('model')
    .selectAll()
    .where('id', '=', members[0]!)
    .executeTakeFirstOrThrow()
  const ensemble = {
    id: 'ensemble',
    arm: 'ensemble',
    architecture: 'ensemble',
    pair_id: 'ensemble',
  }
  const config = { name: 'ensemble', fusion: 'logits', members }
  const made = { ...row, ...ensemble, architecture_config: JSON.stringify(config) }
  await saveModel(store, made, [])
}

interface NewAttack {
  readonly source: string
  readonly target: string
  readonly outcomes: string
  readonly config?: { readonly name: string; readonly [option: string]: unknown }
  readonly epsilon?: number
  readonly id?: string
  readonly purpose?: 'comparison' | 'check'
  /** Parts that broke the examples, in the order of these. */
  readonly components?: readonly string[]
}

/** The white-box PGD runs are kept iteration by iteration, but that of the likelihood ratio's seed 1. */
const ways: Readonly<Record<string, readonly NewConvergencePoint[]>> = {
  [bp(0)]: way([8, 8, 2], [0.5, 1, 1.5]),
  [bp(1)]: way([9, 4, 3], [0.7, 1.2, null]),
  [lr(0)]: way([9, 9, 9], [0.25, 0.5, 0.5]),
}

function way(
  correct: readonly number[],
  losses: readonly (number | null)[],
): NewConvergencePoint[] {
  return correct.map((robust_correct, at) => ({
    ...{ position: 0, part: 'pgd', iteration: [1, 2, 4][at]!, loss_name: 'ce' },
    ...{ loss: losses[at]!, attacked: correct[0]!, robust_correct },
  }))
}

async function attack(store: Store, one: NewAttack): Promise<void> {
  const { source, target, outcomes, epsilon = 0.1, components = [] } = one
  const { config = { name: 'pgd', steps: 4 }, purpose = 'comparison' } = one
  const parts = [...components]
  const examples = [...outcomes].map((letter, example) => {
    const label = example % 2
    const success = Number(letter === 'a')
    return {
      ...{ example, label, success },
      clean_prediction: letter === 'w' ? 1 - label : label,
      adversarial_prediction: letter === 'R' ? label : 1 - label,
      linf: epsilon,
      l2: example / 10,
      l1: example,
      queries: 10 + example,
      component: success ? (parts.shift() ?? null) : null,
    }
  })
  const plain = config.name === 'pgd' && !('id' in one) && epsilon === 0.1 && !('config' in one)
  await saveEvaluation(
    store,
    {
      id: one.id ?? `${source}.${target}.${JSON.stringify(config)}.${epsilon}`,
      ...{ model_id: target, crafted_on: source, attack: config.name, norm: 'linf', epsilon },
      ...{ attack_config: JSON.stringify(config), seed: 0, purpose, n: examples.length },
      clean_correct: [...outcomes].filter(letter => letter !== 'w').length,
      robust_correct: [...outcomes].filter(letter => letter === 'R').length,
      ...{ queries_mean: 14.5, seconds: 2, environment_id: environment.id },
      created_at: '2026-11-20T02:00:00.000Z',
    },
    examples,
    plain && source === target ? ways[target] : undefined,
  )
}
