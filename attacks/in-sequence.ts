import { tf } from '../src/engine/tf.ts'
import type { Attack, Crafted } from './attack.ts'
import type { AttackRandom } from './attack-random.ts'
import type { Observer } from './observer.ts'
import type { Victim } from './victim.ts'

/** The parts of a composed attack, each run on the examples that those before it have left. */
export function inSequence(parts: readonly Attack[]): Pick<Attack, 'parts' | 'requires' | 'run'> {
  return {
    parts: parts.map(({ name }) => name),
    requires: [...new Set(parts.flatMap(({ requires }) => requires))],
    run: (victim, x, labels, random, observer) =>
      runAll(parts, victim, x, labels, random, observer),
  }
}

function runAll(
  parts: readonly Attack[],
  victim: Victim,
  x: tf.Tensor,
  labels: tf.Tensor1D,
  random: AttackRandom,
  observer: Observer | undefined,
): Crafted {
  const batch = x.shape[0]!
  const size = x.size / batch
  const adversarial = Float32Array.from(x.dataSync())
  const queries = new Float32Array(batch).fill(1)
  const brokenBy = Array<string | null>(batch).fill(null)
  let open = rightRows(victim, x, labels).map((right, row) => (right ? row : -1))
  open = open.filter(row => row >= 0)
  for (const part of parts) {
    if (open.length === 0) break
    const rows = tf.tensor1d(open, 'int32')
    const [from, own] = [tf.gather(x, rows), tf.gather(labels, rows)]
    const watched = observer?.part(part.name).rows(open)
    const crafted = part.run(victim, from, own, random.rows(open), watched)
    const right = rightRows(victim, crafted.adversarial, own)
    const values = crafted.adversarial.dataSync()
    open.forEach((row, at) => {
      queries[row]! += crafted.queries[at]! + 1
      if (right[at]) return
      adversarial.set(values.subarray(at * size, (at + 1) * size), row * size)
      brokenBy[row] = part.name
    })
    tf.dispose([rows, from, own, crafted.adversarial])
    open = open.filter((_, at) => right[at])
  }
  return { adversarial: tf.tensor(adversarial, x.shape), queries, brokenBy }
}

/** Whether each row is classified as its label. */
function rightRows(victim: Victim, x: tf.Tensor, labels: tf.Tensor1D): boolean[] {
  const logits = victim.logits(x)
  const right = tf.tidy(() => tf.equal(tf.argMax(logits, 1), labels).dataSync())
  logits.dispose()
  return Array.from(right, Boolean)
}
