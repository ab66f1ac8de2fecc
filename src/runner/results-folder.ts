import { join } from 'node:path'
import { databaseFile } from '../commands/results-option.ts'

/** Where the parts of a results folder lie. */
export interface ResultsFolder {
  readonly path: string
  readonly database: string
  /** Weights of a model, by its training job. */
  checkpoint(id: string): string
  /** Folder of a model in TensorFlow.js' format, by its import. */
  ownModel(id: string): string
  /** Adversarial examples of an evaluation, by its job. */
  examples(id: string): string
  /** Code of a user's attack, by its SHA-256. */
  attack(sha256: string): string
  /** What a job that was cut short has done, by its id. */
  part(id: string): string
}

export function resultsFolder(path: string): ResultsFolder {
  return {
    path,
    database: databaseFile(path),
    checkpoint: id => join(path, 'checkpoints', `${id}.safetensors`),
    ownModel: id => join(path, 'models', id),
    examples: id => join(path, 'examples', `${id}.safetensors`),
    attack: sha256 => join(path, 'attacks', `${sha256}.mjs`),
    part: id => join(path, 'parts', `${id}.json`),
  }
}
