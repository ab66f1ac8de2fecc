/**
 * The differentiable operations that the networks, losses and attacks use, each with small inputs.
 *
 * Inputs come from `spread`: no two values of one input are closer than 4/size and none is near zero, so
 * that a small step crosses no kink of relu, abs or a maximum.
 */
import { graphAttention } from './graph-attention.ts'
import { sparseMatMul, withLoops } from './sparse.ts'
import { tf } from './tf.ts'

type T = tf.Tensor
type T2 = tf.Tensor2D
type T4 = tf.Tensor4D

/** A function of tensors and the shapes of what it is differentiated by. */
export interface GradientCase {
  readonly name: string
  readonly f: (...inputs: tf.Tensor[]) => tf.Tensor
  readonly shapes: readonly (readonly number[])[]
  /** Half the distance between the two points of a finite difference; 0.005 unless given. */
  readonly step?: number
}

const define = (
  name: string,
  shapes: GradientCase['shapes'],
  f: GradientCase['f'],
  step?: number,
): GradientCase => ({ name, shapes, f, ...(step !== undefined && { step }) })

const matrix = [[3, 4]]
const pair = [...matrix, ...matrix]
const row = [...matrix, [4]]
const images = [[2, 6, 5, 2]]
const labels = () => tf.oneHot(tf.tensor1d([1, 0, 3], 'int32'), 4, 1, 0, 'float32')
const indices = (...values: number[]) => tf.tensor1d(values, 'int32')
const positive = (x: T) => tf.add(tf.abs(x), 0.5)
const mask = () => tf.tensor2d([1, 0, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0], [3, 4], 'bool')

const convolutions = [1, 2].flatMap(stride =>
  (['same', 'valid'] as const).flatMap(padding =>
    [1, 3].map(channels =>
      define(
        `conv2d ${padding}, stride ${stride}, ${channels} in`,
        [
          [2, 6, 5, channels],
          [3, 3, channels, 2],
        ],
        (x, w) => tf.conv2d(x as T4, w as T4, stride, padding),
      ),
    ),
  ),
)

const products = [false, true].flatMap(transposeA =>
  [false, true].flatMap(transposeB =>
    [[], [2]].map(batch =>
      define(
        `matMul${batch.length ? ' batched' : ''}${transposeA ? ' Aᵀ' : ''}${transposeB ? ' Bᵀ' : ''}`,
        [
          [...batch, ...(transposeA ? [4, 3] : [3, 4])],
          [...batch, ...(transposeB ? [5, 4] : [4, 5])],
        ],
        (a, b) => tf.matMul(a, b, transposeA, transposeB),
      ),
    ),
  ),
)

const layers = [
  define('dense with bias', [[3, 4], [4, 5], [5]], (x, w, b) => tf.add(tf.matMul(x!, w!), b!)),
  define('fused dense with bias and relu', [[3, 4], [4, 5], [5]], (a, b, bias) =>
    tf.fused.matMul({ a: a as T2, b: b as T2, bias: bias!, activation: 'relu' }),
  ),
  define('fused conv2d with bias and relu', [[2, 4, 4, 2], [3, 3, 2, 3], [3]], (x, filter, bias) =>
    tf.fused.conv2d({
      x: x as T4,
      filter: filter as T4,
      bias: bias!,
      strides: 1,
      pad: 'same',
      activation: 'relu',
    }),
  ),
  define(
    'conv2d 5x5 without padding',
    [
      [2, 7, 7, 1],
      [5, 5, 1, 2],
    ],
    (x, w) => tf.conv2d(x as T4, w as T4, 1, 'valid'),
  ),
  define(
    'conv2d 1x1, stride 2',
    [
      [2, 5, 5, 2],
      [1, 1, 2, 3],
    ],
    (x, w) => tf.conv2d(x as T4, w as T4, 2, 'same'),
  ),
  define(
    'conv2dTranspose',
    [
      [1, 3, 3, 2],
      [3, 3, 2, 2],
    ],
    (x, w) => tf.conv2dTranspose(x as T4, w as T4, [1, 6, 6, 2], 2, 'same'),
  ),
  define('batchNorm', [[6, 3], [3], [3]], (x, offset, scale) => {
    const { mean, variance } = tf.moments(x!, 0)
    return tf.batchNorm(x!, mean, variance, offset as tf.Tensor1D, scale as tf.Tensor1D, 1e-3)
  }),
]

const pooling = [
  define('maxPool 2', images, x => tf.maxPool(x as T4, 2, 2, 'valid')),
  define('maxPool 2, nothing positive', images, x =>
    tf.maxPool(tf.sub(x!, 3) as T4, 2, 2, 'valid'),
  ),
  define('maxPool 3, stride 2, same', images, x => tf.maxPool(x as T4, 3, 2, 'same')),
  define('maxPool 4', [[1, 8, 8, 2]], x => tf.maxPool(x as T4, 4, 4, 'valid')),
  define('maxPool 4, nothing positive', [[1, 8, 8, 2]], x =>
    tf.maxPool(tf.sub(x!, 3) as T4, 4, 4, 'valid'),
  ),
  define('avgPool 2', images, x => tf.avgPool(x as T4, 2, 2, 'valid')),
  define('avgPool 3, stride 2, same', images, x => tf.avgPool(x as T4, 3, 2, 'same')),
  define('avgPool 3, stride 1, same', images, x => tf.avgPool(x as T4, 3, 1, 'same')),
]

const losses = [
  define('cross entropy via logSoftmax', matrix, x =>
    tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(x as T2), labels()), 1))),
  ),
  define('softmaxCrossEntropy', matrix, x => tf.losses.softmaxCrossEntropy(labels(), x!)),
  define('softmax', matrix, x => tf.softmax(x!)),
  define('logSoftmax', matrix, x => tf.logSoftmax(x!)),
  define('logSumExp', matrix, x => tf.logSumExp(x!, 1)),
]

const elementwise = [
  define('relu', matrix, x => tf.relu(x!)),
  define('leakyRelu', matrix, x => tf.leakyRelu(x!, 0.2)),
  define('elu', matrix, x => tf.elu(x!)),
  define('tanh', matrix, x => tf.tanh(x!)),
  define('sigmoid', matrix, x => tf.sigmoid(x!)),
  define('softplus', matrix, x => tf.softplus(x!)),
  define('abs', matrix, x => tf.abs(x!)),
  define('sign', matrix, x => tf.mul(tf.sign(x!), x!)),
  define('neg', matrix, x => tf.neg(x!)),
  define('square', matrix, x => tf.square(x!)),
  define('sqrt', matrix, x => tf.sqrt(positive(x!))),
  define('rsqrt', matrix, x => tf.rsqrt(positive(x!))),
  define('pow', matrix, x => tf.pow(positive(x!), 1.5)),
  define('exp', matrix, x => tf.exp(x!)),
  define('log', matrix, x => tf.log(positive(x!))),
  define('log1p', matrix, x => tf.log1p(positive(x!))),
  define('reciprocal', matrix, x => tf.reciprocal(positive(x!))),
  define('erf', matrix, x => tf.erf(x!)),
  define('atanh', matrix, x => tf.atanh(tf.mul(x!, 0.3))),
  define('clipByValue', matrix, x => tf.clipByValue(x!, -1, 1)),
  define('where', pair, (a, b) => tf.where(mask(), a!, b!)),
  define('cast', matrix, x => tf.mul(tf.cast(mask(), 'float32'), x!)),
]

const binary = [
  define('add, equal shapes', pair, (a, b) => tf.add(a!, b!)),
  define('add, row', row, (a, b) => tf.add(a!, b!)),
  define('sub, row', row, (a, b) => tf.sub(a!, b!)),
  define('mul, row', row, (a, b) => tf.mul(a!, b!)),
  define(
    'mul, column',
    [
      [3, 4],
      [3, 1],
    ],
    (a, b) => tf.mul(a!, b!),
  ),
  define('mul, channels', [...images, [2]], (a, b) => tf.mul(a!, b!)),
  define('div, row', row, (a, b) => tf.div(a!, positive(b!))),
  define('div, scalar', [[3, 4], []], (a, b) => tf.div(a!, positive(b!))),
  define('squaredDifference', row, (a, b) => tf.squaredDifference(a!, b!)),
  define('maximum', matrix, x => tf.maximum(x!, tf.mul(x!, 0.3))),
  define('maximum, row', [[3, 4], [4]], (a, b) => tf.maximum(a!, tf.mul(b!, 0.1))),
  define('minimum', matrix, x => tf.minimum(x!, tf.mul(x!, 0.3))),
  define('minimum, row', [[3, 4], [4]], (a, b) => tf.minimum(a!, tf.mul(b!, 0.1))),
]

const reductions = [
  define('sum', matrix, x => tf.sum(x!)),
  define('sum, rows', matrix, x => tf.sum(x!, 1)),
  define('mean', matrix, x => tf.mean(x!)),
  define('mean, pixels', images, x => tf.mean(x!, [1, 2])),
  define('max, rows', matrix, x => tf.max(x!, 1)),
  define('min, rows', matrix, x => tf.min(x!, 1)),
  define('prod, rows', matrix, x => tf.prod(x!, 1)),
  define('norm 2', matrix, x => tf.norm(x!, 2, 1)),
  define('norm 1', matrix, x => tf.norm(x!, 1, 1)),
  define('cumsum', matrix, x => tf.cumsum(x!, 1)),
]

const rearrangements = [
  define('gather', [[4, 3]], x => tf.gather(x!, indices(0, 2, 2, 3))),
  define('gather, columns', [[4, 3]], x => tf.gather(x!, indices(1, 1), 1)),
  define('gather, rows of a matrix of indices', [[4, 3]], x =>
    tf.gather(x!, tf.tensor2d([0, 2, 2, 3], [2, 2], 'int32')),
  ),
  define('unsortedSegmentSum', [[4, 3]], x => tf.unsortedSegmentSum(x!, indices(2, 0, 2, 1), 3)),
  define(
    'concat',
    [
      [3, 4],
      [3, 2],
    ],
    (a, b) => tf.concat([a as T2, b as T2], 1),
  ),
  define('stack', pair, (a, b) => tf.stack([a!, b!], 1)),
  define('unstack', matrix, x => tf.unstack(x!, 0)[1]!),
  define('split', matrix, x => tf.mul(...(tf.split(x!, 2, 1) as [T, T]))),
  define('slice', matrix, x => tf.slice(x!, [1, 0], [2, 3])),
  define('transpose', [[2, 3, 4]], x => tf.transpose(x!, [2, 0, 1])),
  define('reshape', matrix, x => tf.square(tf.reshape(x!, [2, 6]))),
  define('expandDims and squeeze', matrix, x => tf.square(tf.squeeze(tf.expandDims(x!, 1)))),
  define('tile', matrix, x => tf.tile(x!, [2, 3])),
  define('broadcastTo', [[1, 4]], x => tf.broadcastTo(x!, [3, 4])),
  define('reverse', matrix, x => tf.reverse(x!, 1)),
  define('pad', matrix, x =>
    tf.pad(x!, [
      [1, 0],
      [0, 2],
    ]),
  ),
]

const triangle = withLoops(4, Int32Array.of(0, 1, 1, 2, 0, 2))

const graphs = [
  ...[false, true].map(transpose =>
    define(`sparse product${transpose ? ' Aᵀ' : ''}`, [[10], [2, 4, 3]], (values, x) =>
      sparseMatMul(triangle, values as tf.Tensor1D, x!, transpose),
    ),
  ),
  define(
    'graph attention',
    [
      [1, 4, 2],
      [1, 4, 2],
      [1, 4, 2, 3],
    ],
    (receiver, sender, values) => graphAttention(triangle, receiver!, sender!, values!),
  ),
]

/** Every case that `checkGradients` goes through. */
export const gradientCases: readonly GradientCase[] = [
  ...products,
  ...layers,
  ...convolutions,
  ...pooling,
  ...losses,
  ...elementwise,
  ...binary,
  ...reductions,
  ...rearrangements,
  ...graphs,
]
