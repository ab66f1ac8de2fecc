/**
 * `node build/test/benchmarks/training.js [mlp|lenet|resnet5] [copies] [batch]`: median milliseconds of
 * one gradient by each arm and of PGD-10 on a batch, on every engine that starts here, one process each.
 *
 * Two costs that the likelihood-ratio step avoids stand beside it: running every copy from the input
 * instead of from the noisy site ("repeats the batch"), and drawing and passing all copies at once.
 * Read the numbers as ratios within one run.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { attackRandom } from '../../attacks/attack-random.ts'
import { pgdKind } from '../../attacks/pgd.ts'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { initialise } from '../../models/initialise.ts'
import { type ImageShape, imageInput } from '../../models/input.ts'
import type { Network } from '../../models/network.ts'
import { type EngineName, requestedEngine, startEngine } from '../../src/engine/engine.ts'
import { tf } from '../../src/engine/tf.ts'
import { tidied } from '../../src/engine/tidied.ts'
import { networkVictim } from '../../src/evaluation/network-victim.ts'
import { stream } from '../../src/random/stream.ts'
import { backprop } from '../../src/training/estimators/backprop.ts'
import { backpropNoise } from '../../src/training/estimators/backprop-noise.ts'
import type { Batch, Estimator, Noise } from '../../src/training/estimators/estimator.ts'
import {
  type LikelihoodRatioOptions,
  likelihoodRatio,
} from '../../src/training/estimators/likelihood-ratio.ts'

const runs = 7
const sigma = 0.1
const shapes: Readonly<Record<string, ImageShape>> = {
  mlp: [28, 28, 1],
  lenet: [28, 28, 1],
  resnet5: [32, 32, 3],
}

const [model = 'resnet5', copiesText = '16', batchText = '100', engine] = process.argv.slice(2)
const [copies, size] = [Number(copiesText), Number(batchText)]

const noise: Noise = { epoch: 0, stream: (...path) => stream(0, 'benchmark', ...path) }

if (engine) {
  await startEngine(requestedEngine(engine))
  console.log(JSON.stringify(measure()))
} else {
  compare()
}

function compare(): void {
  console.log(`${model}, ${copies} copies, batch ${size}: median of ${runs} runs, milliseconds`)
  const columns = new Map<EngineName, Record<string, number>>()
  for (const name of ['wasm', 'tensorflow'] as const) {
    const args = [fileURLToPath(import.meta.url), model, copiesText, batchText, name]
    try {
      const stdio: ('ignore' | 'pipe')[] = ['ignore', 'pipe', 'ignore']
      columns.set(name, JSON.parse(execFileSync(process.execPath, args, { stdio }).toString()))
    } catch {
      console.log(`engine ${name} does not start here`)
    }
  }
  for (const [name, times] of columns) {
    const unit = times.backprop!
    for (const [label, milliseconds] of Object.entries(times)) {
      const ratio = `${(milliseconds / unit).toFixed(2)} x backprop`
      console.log(
        `${name.padEnd(11)} ${label.padEnd(34)} ${milliseconds.toFixed(1).padStart(9)}  ${ratio}`,
      )
    }
  }
}

function measure(): Record<string, number> {
  const network = buildNetwork(
    architectureSchema.parse({ name: model }),
    imageInput(shapes[model]!, 10),
  )
  const parameters = initialise(network, 0)
  const pixels = stream(0, 'benchmark').uniforms(
    new Float32Array(size * network.inputShape.reduce((product, length) => product * length, 1)),
  )
  const classes = Int32Array.from({ length: size }, (_, at) => at % 10)
  const batch: Batch = {
    x: tf.tensor(pixels, [size, ...network.inputShape]),
    labels: tf.oneHot(tf.tensor1d(classes, 'int32'), 10).toFloat() as tf.Tensor2D,
  }
  const options: LikelihoodRatioOptions = {
    copies,
    sigma,
    sigmaSchedule: { name: 'constant' },
    noise: { kind: 'gaussian', sequence: 'random' },
    antithetic: true,
    baseline: 'none',
    inject: 'logit',
  }
  const step =
    (estimator: Estimator, through = network) =>
    () => {
      const { loss, gradients } = estimator.estimate(through, parameters, batch, noise)
      loss.dataSync()
      tf.dispose([loss, gradients])
    }
  const pgdOptions = { name: 'pgd', steps: 10, restarts: 1, iterate: 'last' }
  const attack = pgdKind.create(pgdKind.options.parse(pgdOptions), 8 / 255)
  const labels = tf.tensor1d(classes, 'int32')
  const random = attackRandom(0, [...classes.keys()])
  return {
    backprop: median(step(backprop())),
    'backprop through noise, 1 copy': median(step(backpropNoise({ ...options, copies: 1 }))),
    'likelihood ratio': median(step(likelihoodRatio(options))),
    'likelihood ratio, one chunk': median(
      step(likelihoodRatio({ ...options, chunkValues: Number.POSITIVE_INFINITY })),
    ),
    'likelihood ratio, repeats the batch': median(
      step(likelihoodRatio(options), repeating(network, batch)),
    ),
    'PGD-10 on the batch': median(() => {
      attack.run(networkVictim(network, parameters), batch.x, labels, random).adversarial.dispose()
    }),
  }
}

/** A network that runs every copy from the input. */
function repeating(network: Network, { x }: Batch): Network {
  return {
    ...network,
    resume: (parameters, { site }, perturbation) =>
      tidied(() => {
        const repeated = tf.tile(x, [perturbation.shape[0]!, 1, 1, 1])
        let prefix = network.enter(parameters, repeated)
        for (let at = 0; at < site.index; at++) prefix = network.advance(parameters, prefix)
        const flat = tf.reshape(perturbation, [1, ...prefix.preactivation.shape])
        return network.resume(parameters, prefix, flat)
      }),
  }
}

function median(f: () => void): number {
  const times: number[] = []
  for (let run = -2; run < runs; run++) {
    const started = performance.now()
    f()
    if (run >= 0) times.push(performance.now() - started)
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!
}
