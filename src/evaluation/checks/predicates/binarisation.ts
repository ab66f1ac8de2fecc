import { type AttackRandom, attackRandom } from '../../../../attacks/attack-random.ts'
import { createAttack } from '../../../../attacks/create-attack.ts'
import { project, randomInBall } from '../../../../attacks/geometry.ts'
import type { Victim } from '../../../../attacks/victim.ts'
import type { ImageSplit } from '../../../data/dataset.ts'
import { tf } from '../../../engine/tf.ts'
import { measured, needsGradients, notMeasured } from '../answers.ts'
import { aimsOf } from '../battery.ts'
import { fitReadout, type Readout } from '../binarised.ts'
import type { Predicate, Subject } from '../check.ts'
import { withstands } from '../compare.ts'
import { averaged, chosen, type Measure } from '../measure.ts'

/** Share of the planted examples that the attack must find. */
const mustFind = 0.95

/** Points on the surface of the ball among which the planted one is chosen. */
const candidates = 20

/** Radius of the ball of inner points as a share of the subject's. */
const innerShare = 0.5

/** An adversarial example that is known to be there is found. */
export const binarisation: Predicate = {
  number: 25,
  name: 'binarisation',
  title: 'The attack finds adversarial examples that were planted',
  meaning: 'validity',
  essential: true,
  run: needsGradients(async (subject, measure) => {
    const { reference } = aimsOf(subject, measure.settings)
    const attack = createAttack(reference.attack, subject.epsilon)
    const victim = averaged(subject.victim, measure)
    const split = measure.first(measure.settings.singles)
    let [planted, found] = [0, 0]
    for (let example = 0; example < split.count; example++) {
      const own = chosen(split, [example])
      const readout = plant(subject, measure, own, example)
      if (!readout) continue
      planted++
      const crafting = binarised(victim, readout)
      const [outcome] = await measure.attacked(attack, {
        crafting,
        split: { ...own, labels: Uint8Array.of(0) },
      })
      if (!withstands(outcome!)) found++
    }
    if (planted === 0) return [notMeasured('No point of the ball can be told from the inner ones.')]
    const value = found / planted
    return [
      measured({
        passed: value >= mustFind,
        value,
        threshold: mustFind,
        detail: `PGD finds ${found} of ${planted} adversarial examples that were planted in the ball.`,
      }),
    ]
  }),
}

/** A readout that tells one point of the surface from points of the inner ball. */
function plant(
  subject: Subject,
  measure: Measure,
  { images }: ImageSplit,
  example: number,
): Readout | undefined {
  const random = attackRandom(subject.seed, [example])
  const victim = averaged(subject.victim, measure)
  const { innerPoints } = measure.settings
  const surface = drawAround(subject, images, random, { first: 0, count: candidates, share: 1 })
  const ball = { first: candidates, count: innerPoints, share: innerShare }
  const inner = drawAround(subject, images, random, ball)
  const scores = rows(measure.logits(joined([images, ...inner]), victim), victim.classes)
  const outer = rows(measure.logits(joined(surface), victim), victim.classes)
  const readouts = outer.flatMap(point => {
    const readout = fitReadout(scores, point)
    return readout ? [{ readout, lead: leadOf(readout, point) }] : []
  })
  return readouts.sort((a, b) => b.lead - a.lead)[0]?.readout
}

const leadOf = ({ weight, offset }: Readout, point: Float32Array): number =>
  weight.reduce((sum, w, at) => sum + w * point[at]!, offset)

interface Drawn {
  /** Number of the first draw: tells draws apart. */
  readonly first: number
  readonly count: number
  /** Radius as a share of the subject's; 1 puts the points on the surface. */
  readonly share: number
}

/** Points around one image, cut to the box. */
function drawAround(
  { victim, norm, epsilon }: Subject,
  image: Float32Array,
  random: AttackRandom,
  { first, count, share }: Drawn,
): Float32Array[] {
  const shape = [1, ...victim.inputShape]
  return Array.from({ length: count }, (_, at) =>
    tf.tidy(() => {
      const x = tf.tensor(image, shape)
      const radius = share * epsilon
      const change = randomInBall(shape, norm, radius, random, first + at)
      const outwards = share < 1 ? change : onSurface(change, norm, radius)
      return project(tf.add(x, outwards), x, norm, radius, victim.bounds).dataSync() as Float32Array
    }),
  )
}

/** A change of full length; in Linf along every value. */
function onSurface(change: tf.Tensor, norm: Subject['norm'], radius: number): tf.Tensor {
  if (norm === 'linf') return tf.mul(tf.sign(change), radius)
  const length = norm === 'l2' ? tf.sqrt(tf.sum(tf.square(change))) : tf.sum(tf.abs(change))
  return tf.mul(change, tf.div(radius, length))
}

function joined(points: readonly Float32Array[]): Float32Array {
  const size = points[0]!.length
  const all = new Float32Array(points.length * size)
  points.forEach((point, at) => {
    all.set(point, at * size)
  })
  return all
}

function rows(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, at) =>
    values.subarray(at * width, (at + 1) * width),
  )
}

/** The model of two classes: inner (0) and planted (1). */
function binarised(victim: Victim, { weight, offset }: Readout): Victim {
  const read = (logits: tf.Tensor2D) =>
    tf.tidy(() => {
      const column = tf.tensor2d(Float32Array.from(weight), [weight.length, 1])
      const lead = tf.add(tf.matMul(logits, column), offset)
      return tf.concat([tf.neg(lead), lead], 1) as tf.Tensor2D
    })
  return {
    ...victim,
    classes: 2,
    logits: x => tf.tidy(() => read(victim.logits(x))),
    lossGradient(x, loss) {
      const found = victim.lossGradient!(x, logits => loss(read(logits)))
      const logits = read(found.logits)
      found.logits.dispose()
      return { ...found, logits }
    },
  }
}
