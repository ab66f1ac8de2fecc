import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tf } from '../engine/tf.ts'
import { messageOf, WorkError } from '../errors.ts'
import { differentiableVictim } from '../evaluation/differentiable-victim.ts'
import type { Asked, OwnModel } from './own-model.ts'
import { graphLogits, layersLogits } from './without-softmax.ts'

const softmaxRemark = 'its last softmax is left out: attacks see the logits'

/**
 * A model in TensorFlow.js' own format, `model.json` with its weight files beside it: a LayersModel
 * or a GraphModel with one input and one output. A softmax at its end is left out.
 *
 * @throws WorkError if a file is missing or damaged, or the model does not map such inputs to such
 *   classes
 */
export async function loadTfjsModel(file: string, asked: Asked): Promise<OwnModel> {
  const artifacts = await readArtifacts(file)
  const load = artifacts.format === 'graph-model' ? loadGraph : loadLayers
  try {
    const model = await load(artifacts, asked)
    checkLogits(model, asked)
    return model
  } catch (error) {
    throw new WorkError(`invalid model: ${file}: ${messageOf(error)}`)
  }
}

async function loadLayers(artifacts: tf.io.ModelArtifacts, asked: Asked): Promise<OwnModel> {
  const { topology, hadSoftmax } = layersLogits(artifacts.modelTopology)
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({ ...artifacts, modelTopology: topology }),
  )
  return {
    victim: differentiableVictim(x => model.apply(x, { training: false }) as tf.Tensor2D, asked),
    parameters: model.countParams(),
    remarks: hadSoftmax ? [softmaxRemark] : [],
    dispose: () => void model.dispose(),
  }
}

async function loadGraph(artifacts: tf.io.ModelArtifacts, asked: Asked): Promise<OwnModel> {
  const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts))
  const { output, hadSoftmax } = graphLogits(artifacts.modelTopology, model.outputs[0]!.name)
  const weights = artifacts.weightSpecs ?? []
  return {
    victim: differentiableVictim(x => model.execute(x, output) as tf.Tensor2D, asked),
    parameters: weights.reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape), 0),
    remarks: hadSoftmax ? [softmaxRemark] : [],
    dispose: () => void model.dispose(),
  }
}

/** The files behind a `model.json` as TensorFlow.js takes them. */
async function readArtifacts(file: string): Promise<tf.io.ModelArtifacts> {
  try {
    const { modelTopology, weightsManifest, format, ...rest }: tf.io.ModelJSON = JSON.parse(
      await readFile(file, 'utf8'),
    )
    const groups = weightsManifest.map(async ({ paths }) =>
      Promise.all(paths.map(path => readFile(join(dirname(file), path)))),
    )
    const bytes = Buffer.concat((await Promise.all(groups)).flat())
    return {
      ...rest,
      modelTopology,
      format: format ?? 'layers-model',
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
      weightData: new Uint8Array(bytes).buffer,
    }
  } catch (error) {
    throw new WorkError(`cannot read model: ${file}: ${messageOf(error)}`)
  }
}

/** Asks the model once, so that a wrong shape is found before any work. */
function checkLogits({ victim }: OwnModel, { inputShape, classes }: Asked): void {
  const [, ...found] = tf.tidy(() => victim.logits(tf.zeros([1, ...inputShape])).shape)
  if (found.join() !== `${classes}`) {
    throw new WorkError(`its output has shape [${found}], expected [${classes}]`)
  }
}
