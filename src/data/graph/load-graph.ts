import { UsageError } from '../../errors.ts'
import type { GraphDataset } from '../dataset.ts'
import type { GraphEntry, GraphFilesEntry } from '../entry.ts'
import type { Counts } from '../limits.ts'
import { readPublished, sha256Of } from '../published.ts'
import { inflate, invalidFile, type RawFile } from '../raw-file.ts'
import type { GraphContent } from './graph-content.ts'
import { readNpzGraph } from './npz-graph.ts'
import { readPlainGraph } from './plain-graph.ts'
import { type PlanetoidFiles, planetoidParts, readPlanetoid } from './planetoid.ts'

/**
 * Loads the graph of this entry; see `loadDataset`.
 *
 * @throws UsageError also for numbers of examples: a graph is used whole
 */
export async function loadGraphEntry(
  entry: GraphEntry,
  request: Partial<Counts> & { readonly seed?: number },
  folders: readonly string[],
): Promise<GraphDataset> {
  if (request.train !== undefined || request.test !== undefined) {
    throw new UsageError(
      `invalid number of examples: ${entry.name} is one graph with its own split`,
    )
  }
  const seed = request.seed ?? 0
  if (entry.format === 'generated') {
    return entry.generate({ train: entry.train, test: entry.test, seed })
  }
  const files: RawFile[] = []
  for (const file of entry.files) files.push(await readPublished(entry, file, folders))
  const content = await readContent(entry, files, seed)
  const classes = entry.classes.length
  if (content.labels.some(label => label < -1 || label >= classes)) {
    throw invalidFile(files[0]!.path, `a label that is none of ${classes} classes`)
  }
  const { name, licence } = entry
  return {
    kind: 'graph',
    name,
    classes: entry.classes,
    licence,
    sha256: sha256Of(files.map(file => file.bytes)),
    provenance: 'published files',
    ...content,
  }
}

async function readContent(
  entry: GraphFilesEntry,
  files: readonly RawFile[],
  seed: number,
): Promise<GraphContent> {
  switch (entry.format) {
    case 'planetoid':
      return readPlanetoid(
        Object.fromEntries(planetoidParts.map((part, i) => [part, files[i]!])) as PlanetoidFiles,
      )
    case 'npz':
      return readNpzGraph(files[0]!, seed)
    case 'plain': {
      const [nodes, edges] = await Promise.all(files.map(unpacked))
      return readPlainGraph(nodes!, edges!, entry.classes.length)
    }
  }
}

async function unpacked(file: RawFile): Promise<RawFile> {
  return { path: file.path, bytes: await inflate(file) }
}
