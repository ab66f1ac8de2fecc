import { tf } from '../../src/engine/tf.ts'
import { messageOf, WorkError } from '../../src/errors.ts'
import type { Attack } from '../attack.ts'
import type { Victim } from '../victim.ts'
import type { OwnAttack, OwnCrafted } from './own-attack.ts'

/**
 * A user's attack as Gauntlet runs it: what it leaves behind is freed, calls of the model are
 * counted, and what it hands back is looked at before anything is made of it. Ball and box are the
 * caller's business, as with every attack.
 *
 * @throws WorkError in one line where it throws or hands back what cannot be judged
 */
export function guardedRun(name: string, run: OwnAttack['run']): Attack['run'] {
  return (victim, x, labels, random) => {
    const batch = x.shape[0]!
    const calls = { rows: 0 }
    let queries = new Float32Array(batch)
    try {
      const adversarial = tf.tidy(() => {
        // Clones, so that an attack may dispose of what it was given.
        const result = run(counted(victim, calls), tf.clone(x), tf.clone(labels), random)
        const found = partsOf(result)
        requireLike(x, found.adversarial)
        queries = found.queries ? checked(found.queries, batch) : queries.fill(calls.rows / batch)
        return tf.clone(found.adversarial)
      })
      return { adversarial, queries }
    } catch (error) {
      throw new WorkError(`invalid attack: ${name} failed: ${firstLine(error)}${placeOf(error)}`)
    }
  }
}

/** The victim, which counts the inputs that are shown to it. */
function counted(victim: Victim, calls: { rows: number }): Victim {
  const { lossGradient, withSurrogate } = victim
  const count = (x: tf.Tensor) => {
    calls.rows += x.shape[0]!
  }
  return {
    ...victim,
    logits(x) {
      count(x)
      return victim.logits(x)
    },
    ...(lossGradient && {
      lossGradient(x, loss) {
        count(x)
        return lossGradient(x, loss)
      },
    }),
    ...(withSurrogate && {
      withSurrogate: surrogate => counted(withSurrogate(surrogate), calls),
    }),
  }
}

function partsOf(result: OwnCrafted): Exclude<OwnCrafted, tf.Tensor> {
  if (result instanceof tf.Tensor) return { adversarial: result }
  if (result instanceof Promise) {
    result.catch(() => {})
    throw new Error('run hands back a promise (it must not be async)')
  }
  if (result?.adversarial instanceof tf.Tensor) return result
  throw new Error('run hands back no tensor, nor { adversarial: tensor }')
}

function requireLike(x: tf.Tensor, adversarial: tf.Tensor): void {
  const found = `${adversarial.dtype} [${adversarial.shape.join(', ')}]`
  const wanted = `${x.dtype} [${x.shape.join(', ')}]`
  if (found !== wanted) throw new Error(`run hands back ${found} for ${wanted}`)
  const broken = adversarial.dataSync().findIndex(Number.isNaN)
  if (broken < 0) return
  const row = Math.floor((broken * x.shape[0]!) / x.size)
  throw new Error(`run hands back NaN in row ${row} of its batch`)
}

function checked(queries: ArrayLike<number>, batch: number): Float32Array<ArrayBuffer> {
  const numbers = Float32Array.from(queries)
  if (numbers.length === batch && numbers.every(count => count >= 0 && count < Infinity)) {
    return numbers
  }
  throw new Error(`queries must be ${batch} numbers, one for each example (or leave them out)`)
}

const firstLine = (error: unknown) => messageOf(error).split('\n')[0]

/** Where in the kept code it was thrown; nothing where no frame lies in it. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const [, line] = stack.match(/data:text\/javascript;base64,[\w+/=]*:(\d+):\d+/) ?? []
  return line ? ` (line ${line} of its bundle in the results)` : ''
}
