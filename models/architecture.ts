import { z } from 'zod'
import { UsageError } from '../src/errors.ts'
import { activationNames } from './activation.ts'
import { gat } from './gat.ts'
import { gcn } from './gcn.ts'
import type { NetworkInput } from './input.ts'
import { lenet } from './lenet.ts'
import { mlp } from './mlp.ts'
import type { Network } from './network.ts'
import { recurrent } from './recurrent.ts'
import { resnet } from './resnet.ts'
import { resnet5 } from './resnet5.ts'
import { snn } from './snn.ts'
import { snnConv, spikePoolingNames } from './snn-conv.ts'
import { encodingNames } from './spike-encoding.ts'
import { readoutNames } from './spiking-readout.ts'
import { surrogateNames } from './surrogate.ts'
import { vgg8 } from './vgg8.ts'

const activation = z.enum(activationNames).default('relu')
const width = z.int().min(1).max(65536)
const heads = z.int().min(1).max(64)
const share = z.number().min(0).max(0.99)

/** Options of every network of leaky integrate-and-fire neurons. */
const spiking = {
  /** Steps that every image is seen for. */
  steps: z.int().min(1).max(1024).default(8),
  /** What is left of a membrane potential after a step. */
  decay: z.number().min(0).max(1).default(0.5),
  threshold: z.number().positive().max(100).default(1),
  reset: z.enum(['zero', 'subtract']).default('zero'),
  encoding: z.enum(encodingNames).default('direct'),
  readout: z.enum(readoutNames).default('spike-count'),
  /** Stands for the derivative of a spike where no arm asks for another. */
  surrogate: z.enum(surrogateNames).exclude(['heaviside']).default('atan'),
}

/** An architecture by name with its options; what is left out takes the default. */
export const architectureSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('mlp'),
    hidden: z.array(width).default([128, 64]),
    activation,
  }),
  z.strictObject({
    name: z.literal('lenet'),
    channels: z.tuple([width, width]).default([16, 32]),
    hidden: width.default(64),
    activation,
  }),
  z.strictObject({ name: z.literal('resnet5'), activation }),
  z.strictObject({ name: z.literal('vgg8'), activation }),
  z.strictObject({
    name: z.literal('resnet'),
    depth: z.int().min(5).max(20).default(8),
    width: width.default(16),
    activation,
  }),
  z.strictObject({
    name: z.literal('gcn'),
    hidden: z.array(width).default([16]),
    dropout: share.default(0.5),
    activation,
  }),
  z.strictObject({
    name: z.literal('gat'),
    hidden: width.default(8),
    heads: heads.default(8),
    outputHeads: heads.default(1),
    dropout: share.default(0.6),
    slope: z.number().min(0).max(1).default(0.2),
    activation: z.enum(activationNames).default('elu'),
  }),
  z.strictObject({
    name: z.literal('snn'),
    hidden: z.array(width).min(1).default([128, 64]),
    ...spiking,
  }),
  z
    .strictObject({
      name: z.enum(['elman', 'gru', 'lstm']),
      embedding: width.default(32),
      hidden: width.default(32),
      layers: z.int().min(1).max(16).default(1),
      /** Of an Elman layer, tanh when left out; gates have theirs. */
      activation: z.enum(activationNames).exactOptional(),
    })
    .refine(({ name, activation }) => name === 'elman' || activation === undefined, {
      error: 'gru and lstm have activations of their own',
      path: ['activation'],
    }),
  z.strictObject({
    name: z.literal('snn-conv'),
    channels: z.tuple([width, width]).default([8, 16]),
    hidden: width.default(64),
    /** Of the spikes. */
    pooling: z.enum(spikePoolingNames).default('average'),
    ...spiking,
  }),
])

export type Architecture = z.infer<typeof architectureSchema>

/** Whether a network of this architecture spikes. */
export function isSpiking(architecture: Architecture): boolean {
  return 'surrogate' in architecture
}

/**
 * The network of this architecture for this input.
 *
 * @throws UsageError where the architecture takes another kind of input
 */
export function buildNetwork(architecture: Architecture, input: NetworkInput): Network {
  switch (architecture.name) {
    case 'mlp': {
      const { shape, classes } = wanted(architecture, input, 'images')
      return mlp(shape, classes, architecture)
    }
    case 'lenet': {
      const { shape, classes } = wanted(architecture, input, 'images')
      return lenet(shape, classes, architecture)
    }
    case 'resnet5': {
      const { shape, classes } = wanted(architecture, input, 'images')
      return resnet5(shape, classes, architecture)
    }
    case 'vgg8': {
      const { shape, classes } = wanted(architecture, input, 'images')
      return vgg8(shape, classes, architecture)
    }
    case 'resnet': {
      const { shape, classes } = wanted(architecture, input, 'images')
      return resnet(shape, classes, architecture)
    }
    case 'gcn':
      return gcn(wanted(architecture, input, 'graph'), architecture)
    case 'gat':
      return gat(wanted(architecture, input, 'graph'), architecture)
    case 'snn': {
      const { shape, classes } = wanted(architecture, input, 'images')
      return snn(shape, classes, architecture)
    }
    case 'elman':
    case 'gru':
    case 'lstm':
      return recurrent(wanted(architecture, input, 'sequences'), architecture)
    case 'snn-conv': {
      const { shape, classes } = wanted(architecture, input, 'images')
      return snnConv(shape, classes, architecture)
    }
  }
}

function wanted<Kind extends NetworkInput['kind']>(
  { name }: Architecture,
  input: NetworkInput,
  kind: Kind,
): Extract<NetworkInput, { readonly kind: Kind }> {
  if (input.kind === kind) return input as Extract<NetworkInput, { readonly kind: Kind }>
  const contents = { images: 'images', sequences: 'texts', graph: 'a graph' }
  throw new UsageError(
    `invalid architecture: ${name} takes ${contents[kind]}, the data set holds ${contents[input.kind]}`,
  )
}
