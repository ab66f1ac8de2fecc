import { z } from 'zod'

const layerSchema = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({ activation: z.unknown().optional() }),
})

const topologySchema = z.looseObject({
  model_config: z.looseObject({
    config: z.union([
      z.array(layerSchema),
      z.looseObject({
        layers: z.array(layerSchema),
        output_layers: z.array(z.unknown()).optional(),
      }),
    ]),
  }),
})

type Layer = z.infer<typeof layerSchema>

/**
 * A LayersModel's topology without the softmax at its end.
 *
 * @throws ZodError if it is no topology
 */
export function layersLogits(topology: unknown): {
  readonly topology: object
  readonly hadSoftmax: boolean
} {
  const copy = topologySchema.parse(structuredClone(topology))
  const { config } = copy.model_config
  const last = Array.isArray(config) ? config.at(-1) : outputLayer(config)
  const hadSoftmax = last !== undefined && isSoftmax(last)
  if (hadSoftmax) {
    if (last.class_name === 'Softmax') last.class_name = 'Activation'
    last.config.activation = 'linear'
  }
  return { topology: copy, hadSoftmax }
}

function isSoftmax({ class_name: kind, config }: Layer): boolean {
  return kind === 'Softmax' || config.activation === 'softmax'
}

/** The layer that a functional model's only output comes from. */
function outputLayer({
  layers,
  output_layers: outputs,
}: {
  readonly layers: Layer[]
  readonly output_layers?: unknown[] | undefined
}): Layer | undefined {
  const [output] = outputs ?? []
  const name = Array.isArray(output) ? output[0] : undefined
  return layers.find(({ config }) => config.name === name) ?? layers.at(-1)
}

const graphSchema = z.looseObject({
  node: z.array(
    z.looseObject({
      name: z.string(),
      op: z.string(),
      input: z.array(z.string()).optional(),
    }),
  ),
})

/**
 * Name of the node of a GraphModel that gives its logits: what goes into the softmax at its end, or
 * its output.
 *
 * @param output name of the model's output
 * @throws ZodError if it is no topology
 */
export function graphLogits(
  topology: unknown,
  output: string,
): { readonly output: string; readonly hadSoftmax: boolean } {
  const nodes = new Map(graphSchema.parse(topology).node.map(node => [node.name, node]))
  const inputOf = (name: string) => nodes.get(name)?.input?.[0]?.split(':')[0]
  let [end] = output.split(':') as [string]
  for (let from = inputOf(end); from && nodes.get(end)?.op === 'Identity'; from = inputOf(end)) {
    end = from
  }
  const logits = nodes.get(end)?.op === 'Softmax' ? inputOf(end) : undefined
  return logits ? { output: logits, hadSoftmax: true } : { output, hadSoftmax: false }
}
