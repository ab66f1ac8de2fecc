import type { Victim } from '../../../attacks/victim.ts'
import type { ImageSplit } from '../../../src/data/dataset.ts'
import { glyphs } from '../../../src/data/glyphs.ts'
import { leakyIntegrateAndFire, type Surrogate } from '../../../src/engine/spiking.ts'
import { tf } from '../../../src/engine/tf.ts'
import { differentiableVictim } from '../../../src/evaluation/differentiable-victim.ts'
import { stream } from '../../../src/random/stream.ts'

/** Images with which victims are trained and judged. */
export const planted = glyphs({ train: 2000, test: 60, seed: 1 })

const inputShape = planted.shape
const size = inputShape[0] * inputShape[1] * inputShape[2]
const classes = planted.classes.length

/** Weights as plain numbers: a pass makes and frees its tensors. */
interface Layer {
  readonly weight: Float32Array
  readonly bias: Float32Array
  readonly shape: readonly [inputs: number, outputs: number]
}

type Weights = readonly Layer[]

type Logits = (x: tf.Tensor) => tf.Tensor2D

const victimOf = (logits: Logits): Victim => differentiableVictim(logits, { classes, inputShape })

const tensorsOf = (weights: Weights): tf.Tensor[] =>
  weights.flatMap(({ weight, bias, shape }) => [tf.tensor2d(weight, [...shape]), tf.tensor1d(bias)])

/** Dense layers with ReLU between them. */
function forward(parameters: readonly tf.Tensor[], x: tf.Tensor): tf.Tensor2D {
  let v = tf.reshape(x, [x.shape[0]!, -1]) as tf.Tensor2D
  for (let at = 0; at < parameters.length; at += 2) {
    if (at > 0) v = tf.relu(v)
    v = tf.add(tf.matMul(v, parameters[at] as tf.Tensor2D), parameters[at + 1]!)
  }
  return v
}

function lossOf(parameters: readonly tf.Tensor[], x: tf.Tensor, onehot: tf.Tensor): tf.Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(forward(parameters, x)), onehot), 1)))
}

interface Training {
  readonly widths: readonly number[]
  readonly epochs: number
  /** Radius and steps of the attack that every batch is met with; none if absent. */
  readonly against?: { readonly epsilon: number; readonly steps: number }
}

/** Trains dense layers with Adam, as plain functions of tensors. */
function trained(
  { images, count, labels }: Pick<ImageSplit, 'images' | 'count' | 'labels'>,
  training: Training,
  seed = 1,
): Weights {
  const { widths, epochs, against } = training
  const width = images.length / count
  const sizes = [width, ...widths, classes]
  const layers = sizes.slice(1).map((outputs, at) => {
    const inputs = sizes[at]!
    const normal = stream(seed, 'planted', at, inputs).normals(new Float32Array(inputs * outputs))
    return {
      weight: normal.map(value => value * Math.sqrt(1 / inputs)),
      bias: new Float32Array(outputs),
      shape: [inputs, outputs] as const,
    }
  })
  const initial = tensorsOf(layers)
  const parameters = initial.map(value => tf.variable(value))
  const optimiser = tf.train.adam(0.003)
  const batch = 100
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let first = 0; first < count; first += batch) {
      tf.tidy(() => {
        const clean = tf.tensor2d(images.subarray(first * width, (first + batch) * width), [
          batch,
          width,
        ])
        const onehot = tf.oneHot(Int32Array.from(labels.subarray(first, first + batch)), classes)
        const x = against ? worst(parameters, clean, onehot, against) : clean
        optimiser.minimize(() => lossOf(parameters, x, onehot))
      })
    }
  }
  const result = layers.map(({ shape }, at) => ({
    weight: parameters[2 * at]!.dataSync() as Float32Array,
    bias: parameters[2 * at + 1]!.dataSync() as Float32Array,
    shape,
  }))
  tf.dispose([...initial, ...parameters])
  optimiser.dispose()
  return result
}

/** Projected gradient steps in an L∞ ball. */
function worst(
  parameters: readonly tf.Tensor[],
  clean: tf.Tensor2D,
  onehot: tf.Tensor,
  { epsilon, steps }: { readonly epsilon: number; readonly steps: number },
): tf.Tensor2D {
  const slope = tf.grad((x: tf.Tensor) => lossOf(parameters, x, onehot))
  let x = tf.add(
    clean,
    tf.randomUniform(clean.shape, -epsilon, epsilon, 'float32', 1),
  ) as tf.Tensor2D
  for (let step = 0; step < steps; step++) {
    const moved = tf.add(x, tf.mul(tf.sign(slope(x)), (2 * epsilon) / steps))
    const change = tf.clipByValue(tf.sub(moved, clean), -epsilon, epsilon)
    x = tf.clipByValue(tf.add(clean, change), 0, 1) as tf.Tensor2D
  }
  return x
}

const logitsWith =
  (weights: Weights): Logits =>
  x =>
    forward(tensorsOf(weights), x)

/** Radius of the ball in which victims are attacked. */
export const epsilon = 0.03

/** Softmax regression. */
export const honestLinear = (seed?: number) =>
  victimOf(logitsWith(trained(planted.train, { widths: [], epochs: 15 }, seed)))

/** A perceptron of one hidden layer. */
export const honestPerceptron = (seed?: number) => victimOf(undefended(seed))

/** A perceptron trained on adversarial examples. */
export const adversariallyTrained = () => {
  const against = { epsilon, steps: 3 }
  return victimOf(logitsWith(trained(planted.train, { widths: [64], epochs: 10, against })))
}

/** A perceptron without defence. */
export const undefended = (seed?: number): Logits =>
  logitsWith(trained(planted.train, { widths: [64], epochs: 12 }, seed))

/** Input of eight levels; rounding has a zero gradient. */
export const quantised = (model: Logits): Victim =>
  victimOf(x => model(tf.div(tf.round(tf.mul(x, 7)), 7)))

/** Logits so far apart that the cross-entropy is flat. */
export const saturated = (model: Logits): Victim => victimOf(x => tf.mul(model(x), 1e4))

/** Probabilities in the place of logits, nearly all of them 0 or 1. */
export const probabilities = (model: Logits): Victim =>
  victimOf(x => tf.softmax(tf.mul(model(x), 50)))

/** Normal noise on the input of every pass. */
export function noisy(model: Logits, deviation: number): Victim {
  let pass = 0
  return victimOf(x => {
    const noise = stream(1, 'planted noise', pass++).normals(new Float32Array(x.size))
    return model(tf.add(x, tf.mul(tf.tensor(noise, x.shape), deviation)))
  })
}

/** The same noise in every pass, for every image. */
export function frozenNoise(model: Logits, deviation: number): Victim {
  const noise = stream(1, 'frozen noise').normals(new Float32Array(size))
  return victimOf(x => model(tf.add(x, tf.mul(tf.tensor(noise, [1, ...inputShape]), deviation))))
}

/** A ripple too small to see whose slope hides that of the model. */
export const shattered = (model: Logits): Victim =>
  victimOf(x => model(tf.add(x, tf.mul(tf.sin(tf.mul(x, 700)), 0.02))))

const spikingUnits = 256
const spikingSteps = 4

/** Spikes of fixed random units over four steps, read out by softmax regression. */
export function spiking(): (surrogate: Surrogate) => Victim {
  const normal = stream(1, 'spiking').normals(new Float32Array(size * spikingUnits))
  const weight = normal.map(value => value * Math.sqrt(4 / size))
  const rates = (x: tf.Tensor, surrogate: Surrogate): tf.Tensor2D => {
    const rows = x.shape[0]!
    const centred = tf.sub(tf.reshape(x, [rows, size]), 0.3) as tf.Tensor2D
    const current = tf.matMul(centred, tf.tensor2d(weight, [size, spikingUnits]))
    const steps = tf.tile(tf.reshape(current, [rows, 1, spikingUnits]), [1, spikingSteps, 1])
    const options = { decay: 0.9, threshold: 0.5, reset: 'subtract' } as const
    return tf.mean(leakyIntegrateAndFire(steps, options, surrogate), 1)
  }
  const { images, labels, count } = planted.train
  const features = tf.tidy(() => rates(tf.tensor2d(images, [count, size]), 'atan').dataSync())
  const readout = trained(
    { images: features as Float32Array, labels, count },
    { widths: [], epochs: 15 },
  )
  return surrogate => victimOf(x => logitsWith(readout)(rates(x, surrogate)))
}
