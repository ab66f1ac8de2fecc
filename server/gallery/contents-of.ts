import type { Dataset } from '../../src/data/dataset.ts'
import { resultsFolder } from '../../src/runner/results-folder.ts'
import type { StoredEvaluation } from '../../src/store/queries/gallery.ts'
import type { Files } from '../route.ts'
import type { ContentKind, Contents } from '../schemas/gallery.ts'
import type { CleanData } from './clean-data.ts'
import { contentKind } from './content-kind.ts'
import { type Asked, type Read, readImages } from './images.ts'
import { readNeighbourhoods } from './neighbourhoods.ts'
import { craftedFile, datasetOf, orProblem } from './stored.ts'
import { readWords } from './texts.ts'

/** What examples of an evaluation look like, before and after the attack. */
export async function contentsOf(
  evaluation: StoredEvaluation,
  examples: readonly number[],
  files: Files,
  load: CleanData,
): Promise<Contents> {
  const kind = contentKind(evaluation.dataset, evaluation.shape)
  const problems: string[] = []
  const dataset = orProblem(await datasetOf(evaluation, load), problems)
  const asked: Asked = {
    evaluation,
    examples,
    file: await craftedFile(evaluation, files),
    checkpoint: resultsFolder(files.results).checkpoint(evaluation.model_id),
  }
  const read = await readAs(kind, asked, dataset, problems)
  return {
    evaluation: evaluation.id,
    kind,
    shape: null,
    layers: [],
    images: [],
    texts: [],
    graphs: [],
    ...read,
    problems,
  }
}

function readAs(
  kind: ContentKind | null,
  asked: Asked,
  dataset: Dataset | undefined,
  problems: string[],
): Promise<Read> {
  const as = <K extends ContentKind>(wanted: K) =>
    dataset?.kind === wanted ? (dataset as Extract<Dataset, { kind: K }>) : undefined
  switch (kind) {
    case 'sequences':
      return readWords(asked, as('sequences'), problems)
    case 'graph':
      return readNeighbourhoods(asked, as('graph'), problems)
    default:
      return readImages(asked, as('images'), problems)
  }
}
