import { createHash } from 'node:crypto'
import { access, cp, mkdir, readFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { architectureSchema, buildNetwork } from '../../models/architecture.ts'
import { imageInput } from '../../models/input.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { tf } from '../engine/tf.ts'
import { messageOf, UsageError } from '../errors.ts'
import { predict } from '../evaluation/predict.ts'
import { identifierOf } from '../plans/identifier.ts'
import type { DataConfig, ImportConfig, OwnSource } from '../plans/job-config.ts'
import { datasetId, datasetRow } from '../runner/dataset-row.ts'
import type { ResultsFolder } from '../runner/results-folder.ts'
import { canonicalJson } from '../store/canonical-json.ts'
import { saveImport } from '../store/imports.ts'
import { saveDataset } from '../store/results.ts'
import type { Store } from '../store/store.ts'
import { parametersOf, saveCheckpoint } from '../training/checkpoint.ts'
import { decodeSafetensors } from '../training/safetensors.ts'
import { loadOwnModel } from './load-own-model.ts'
import { decodeNpz } from './npz.ts'
import { askedOf } from './own-model.ts'
import { tfjsFiles } from './tfjs-files.ts'

/** A model to take in. */
export interface ImportRequest {
  /** A file or an address, see `importModel`. */
  readonly from: string
  /** YAML or JSON that describes the network, for weights in npz or safetensors. */
  readonly architecture: string | undefined
  /** What it is called in tables. */
  readonly name: string
  readonly dataset: ImageDataset
  readonly data: DataConfig
}

export interface Imported {
  /** Id of the model. */
  readonly id: string
  /** Share of the whole test split classified correctly. */
  readonly cleanAccuracy: number
  readonly remarks: readonly string[]
}

/**
 * Takes a model of other origin into the results, where it is attacked like any other: a LayersModel
 * or GraphModel (`model.json`), weights of one of Gauntlet's architectures (`.npz`, `.safetensors`), or
 * a black box behind an address. Files are copied; the same model taken in again has the same id.
 *
 * @throws UsageError if the source is none of these
 * @throws WorkError if it is damaged, cannot be reached or does not fit the data set
 */
export async function importModel(
  request: ImportRequest,
  place: {
    readonly store: Store
    readonly results: ResultsFolder
    readonly environmentId: string
  },
): Promise<Imported> {
  const { name, data, dataset } = request
  const kept = await keepable(request)
  const config: ImportConfig = { version: 1, name, data, source: kept.source }
  const id = identifierOf({ kind: 'import', config })
  await kept.keep(place.results, id)
  const model = await loadOwnModel(id, config, place.results, askedOf(dataset))
  const { labels, images } = dataset.test
  const predictions = predict(model.victim, images)
  const correct = predictions.filter((prediction, at) => prediction === labels[at]).length
  model.dispose()
  const cleanAccuracy = correct / labels.length
  await saveDataset(place.store, datasetRow(dataset))
  await saveImport(place.store, {
    id,
    dataset_id: datasetId(data),
    architecture: name,
    architecture_config: canonicalJson({ name, ...kept.source }),
    config: canonicalJson(config),
    parameters: model.parameters,
    clean_accuracy: cleanAccuracy,
    sha256: 'sha256' in kept.source ? kept.source.sha256 : null,
    environment_id: place.environmentId,
  })
  return { id, cleanAccuracy, remarks: model.remarks }
}

/** A source that was understood, and how it gets into the results folder. */
interface Keepable {
  readonly source: OwnSource
  keep(results: ResultsFolder, id: string): Promise<void>
}

async function keepable(request: ImportRequest): Promise<Keepable> {
  const { from } = request
  if (/^https?:\/\//.test(from)) {
    return { source: { format: 'http', address: from }, keep: async () => {} }
  }
  await access(from).catch(() => {
    throw new UsageError(`missing model: ${from}`)
  })
  switch (extname(from)) {
    case '.npz':
    case '.safetensors':
      return ownArchitecture(request)
    case '.json':
      return tfjsFormat(from)
    default:
      throw new UsageError(
        `unknown model: ${from} (expected model.json, weights.npz, weights.safetensors or http://…)`,
      )
  }
}

async function tfjsFormat(file: string): Promise<Keepable> {
  const files = await tfjsFiles(file)
  const hash = createHash('sha256')
  for (const part of files) hash.update(await readFile(join(dirname(file), part)))
  return {
    source: { format: 'tfjs', sha256: hash.digest('hex') },
    async keep(results, id) {
      const folder = results.ownModel(id)
      for (const [at, part] of files.entries()) {
        const target = join(folder, at === 0 ? 'model.json' : part)
        await mkdir(dirname(target), { recursive: true })
        await cp(join(dirname(file), part), target)
      }
    },
  }
}

async function ownArchitecture({ from, architecture, dataset }: ImportRequest): Promise<Keepable> {
  if (!architecture) {
    throw new UsageError(`missing option: weights in ${from} need --architecture <file>`)
  }
  const bytes = await readFile(from)
  const tensors =
    extname(from) === '.npz'
      ? decodeNpz({ path: from, bytes })
      : decodeSafetensors(bytes, from).tensors
  const described = await readArchitecture(architecture)
  const network = buildNetwork(described, imageInput(dataset.shape, dataset.classes.length))
  const sha256 = createHash('sha256').update(canonicalJson(described)).update(bytes).digest('hex')
  return {
    source: { format: 'checkpoint', sha256 },
    async keep(results, id) {
      const parameters = parametersOf(network, tensors, from)
      await saveCheckpoint(results.checkpoint(id), parameters, {
        architecture: described,
        provenance: { imported: from },
      })
      tf.dispose(parameters as Record<string, tf.Tensor>)
    },
  }
}

async function readArchitecture(file: string) {
  try {
    return architectureSchema.parse(parse(await readFile(file, 'utf8')))
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error)
    throw new UsageError(`invalid architecture: ${file}: ${reason.split('\n')[0]}`)
  }
}
