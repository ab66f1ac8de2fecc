import assert from 'node:assert/strict'
import type { ExecutionContext } from 'ava'
import type { Attack, Norm } from '../../attacks/attack.ts'
import { attackRandom } from '../../attacks/attack-random.ts'
import { attackSchema, createAttack } from '../../attacks/create-attack.ts'
import { lengthOf } from '../../attacks/minimal-norm.ts'
import type { Victim } from '../../attacks/victim.ts'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { imageInput } from '../../models/input.ts'
import { tf } from '../../src/engine/tf.ts'
import { networkVictim } from '../../src/evaluation/network-victim.ts'
import { normalTensor } from '../with-engine.ts'

/** The attack with these options, as they are written in a plan. */
export const make = (options: object, epsilon = Number.POSITIVE_INFINITY): Attack =>
  createAttack(attackSchema.parse(options), epsilon)

/** A victim with these dense layers, `[inputs][outputs]` each, one activation between them. */
function denseVictim(
  t: ExecutionContext,
  activation: 'sigmoid' | 'tanh',
  layers: readonly { readonly weight: number[][]; readonly bias: number[] }[],
): Victim {
  const architecture = architectureSchema.parse({
    name: 'mlp',
    hidden: layers.slice(0, -1).map(({ bias }) => bias.length),
    activation,
  })
  const inputs = layers[0]!.weight.length
  const network = buildNetwork(architecture, imageInput([inputs, 1, 1], layers.at(-1)!.bias.length))
  const parameters = Object.fromEntries(
    layers.flatMap(({ weight, bias }, at) => [
      [`dense${at + 1}/weight`, tf.tensor2d(weight)],
      [`dense${at + 1}/bias`, tf.tensor1d(bias)],
    ]),
  )
  t.teardown(() => tf.dispose(parameters))
  return networkVictim(network, parameters)
}

/** A linear classifier with these weights, `[inputs][classes]`. */
export const linearVictim = (t: ExecutionContext, weight: number[][], bias: number[]): Victim =>
  denseVictim(t, 'tanh', [{ weight, bias }])

/** The two-layer network of cleverhans' own tests, on which libraries' golden numbers were made. */
export const sigmoidVictim = (t: ExecutionContext): Victim =>
  denseVictim(t, 'sigmoid', [
    {
      weight: [
        [1.5, 0.3],
        [-2, 0.3],
      ],
      bias: [0, 0],
    },
    {
      weight: [
        [-2.4, 1.2],
        [0.5, -2.3],
      ],
      bias: [0, 0],
    },
  ])

/** A network with layers of these sizes, inputs first, and normal weights; equal names, equal ones. */
export function normalVictim(t: ExecutionContext, sizes: readonly number[], name: string): Victim {
  const layers = sizes.slice(1).map((outputs, at) => ({
    weight: tf.tidy(
      () => normalTensor([sizes[at]!, outputs], `${name}/${at}`).arraySync() as number[][],
    ),
    bias: Array<number>(outputs).fill(0),
  }))
  return denseVictim(t, 'tanh', layers)
}

/** A victim that counts the rows it is shown, whether for their scores or for a gradient. */
export function counting(victim: Victim): {
  readonly victim: Victim
  readonly calls: () => number
} {
  let calls = 0
  const counted = <Rest extends unknown[], Result>(f: (x: tf.Tensor, ...rest: Rest) => Result) => {
    return (x: tf.Tensor, ...rest: Rest): Result => {
      calls += x.shape[0]!
      return f(x, ...rest)
    }
  }
  return {
    victim: {
      ...victim,
      logits: counted(victim.logits),
      lossGradient: counted(victim.lossGradient!),
    },
    calls: () => calls,
  }
}

/** What an attack makes of these rows, `[batch][size]`; it must leave no other tensor behind. */
export function attackRows(
  victim: Victim,
  attack: Attack,
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  examples: readonly number[] = labels.map((_, at) => at),
  seed = 0,
): number[][] {
  const x = tf.tensor(rows.flat(), [rows.length, ...victim.inputShape])
  const y = tf.tensor1d([...labels], 'int32')
  const before = tf.memory().numTensors
  const { adversarial } = attack.run(victim, x, y, attackRandom(seed, examples))
  assert.equal(tf.memory().numTensors, before + 1, 'tensors left behind')
  const values = Array.from(adversarial.dataSync())
  tf.dispose([x, y, adversarial])
  const size = values.length / rows.length
  return rows.map((_, row) => values.slice(row * size, (row + 1) * size))
}

/** The class with the highest score of every row. */
export function predictRows(victim: Victim, rows: readonly (readonly number[])[]): number[] {
  return tf.tidy(() =>
    Array.from(
      tf
        .argMax(victim.logits(tf.tensor(rows.flat(), [rows.length, ...victim.inputShape])), 1)
        .dataSync(),
    ),
  )
}

/** Norm of the change of every row. */
export function distances(
  rows: readonly (readonly number[])[],
  others: readonly (readonly number[])[],
  norm: Norm,
): number[] {
  return rows.map((row, at) =>
    lengthOf(
      Float64Array.from(row, (value, i) => value - others[at]![i]!),
      norm,
    ),
  )
}
