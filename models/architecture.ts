import { z } from 'zod'
import { activationNames } from './activation.ts'
import { lenet } from './lenet.ts'
import { mlp } from './mlp.ts'
import type { Network } from './network.ts'
import { resnet } from './resnet.ts'
import { resnet5 } from './resnet5.ts'
import { vgg8 } from './vgg8.ts'

const activation = z.enum(activationNames).default('relu')
const width = z.int().min(1).max(65536)

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
])

export type Architecture = z.infer<typeof architectureSchema>

/** The network of this architecture for images of this shape. */
export function buildNetwork(
  architecture: Architecture,
  inputShape: Network['inputShape'],
  classes: number,
): Network {
  switch (architecture.name) {
    case 'mlp':
      return mlp(inputShape, classes, architecture)
    case 'lenet':
      return lenet(inputShape, classes, architecture)
    case 'resnet5':
      return resnet5(inputShape, classes, architecture)
    case 'vgg8':
      return vgg8(inputShape, classes, architecture)
    case 'resnet':
      return resnet(inputShape, classes, architecture)
  }
}
