import type { GraphDataset, ImageDataset, SequenceDataset } from './dataset.ts'
import type { EncodingOptions } from './text/encode.ts'
import type { TextLayout } from './text/layouts.ts'

/** A file of a data set as its publisher distributes it. */
export interface DataFile {
  readonly name: string
  readonly bytes: number
  /** SHA-256, hex. */
  readonly sha256: string
  /** Where it can be downloaded, best address first; none when it is in no public place. */
  readonly urls: readonly string[]
}

/** What is wanted of a generated set. */
export interface GeneratedRequest {
  readonly train: number
  readonly test: number
  /** Any safe integer; equal seeds give equal sets, byte for byte, on every machine. */
  readonly seed: number
}

/** What is wanted of a set of generated sequences. */
export interface GeneratedSequencesRequest extends GeneratedRequest {
  /** Tokens of every sequence; the set's own number when absent. */
  readonly length?: number
}

interface Entry {
  readonly name: string
  readonly classes: readonly string[]
  readonly licence: string
  /** Folder of its files inside a data folder; that of the set's name when absent. */
  readonly folder?: string
  /** Examples of each split; of a graph, nodes; of a generated set, when a request names none. */
  readonly train: number
  readonly test: number
}

/** A set that is generated; it needs no files. */
interface Generated<Set, Request = GeneratedRequest> {
  readonly format: 'generated'
  readonly files: readonly []
  generate(request: Request): Set
}

/** A set of generated images. */
export type GeneratedImageEntry = Entry & Generated<ImageDataset> & { readonly kind: 'images' }

/** A set of images in four gzipped IDX files. */
export interface IdxEntry extends Entry {
  readonly kind: 'images'
  readonly format: 'idx'
  /** In this order: training images and labels, test images and labels. */
  readonly files: readonly [DataFile, DataFile, DataFile, DataFile]
  readonly shape: readonly [height: number, width: number, channels: 1]
}

/** CIFAR-10 in its official archive of binary records. */
export interface CifarEntry extends Entry {
  readonly kind: 'images'
  readonly format: 'cifar-archive'
  readonly files: readonly [DataFile]
}

/** CIFAR-10 records in files of their own, without published checksums: only their structure is checked. */
export interface UnofficialCifarEntry extends Entry {
  readonly kind: 'images'
  readonly format: 'cifar-records'
  readonly files: readonly []
}

/** Labelled texts in one file for each split. */
export interface TextFilesEntry extends Entry {
  readonly kind: 'sequences'
  readonly format: 'text'
  readonly files: readonly [train: DataFile, test: DataFile]
  readonly layouts: readonly [train: TextLayout, test: TextLayout]
  readonly encoding: EncodingOptions
}

/** A set of generated texts. */
export type GeneratedTextEntry = Entry &
  Generated<SequenceDataset, GeneratedSequencesRequest> & {
    readonly kind: 'sequences'
    /** The lengths that can be asked for; only the set's own when absent. */
    readonly lengths?: { readonly least: number; readonly most: number }
  }

/** A citation graph in files. */
export interface GraphFilesEntry extends Entry {
  readonly kind: 'graph'
  /** Planetoid's eight pickles, a NumPy archive, or tables of nodes and edges. */
  readonly format: 'planetoid' | 'npz' | 'plain'
  readonly files: readonly DataFile[]
}

/** A generated graph. */
export type GeneratedGraphEntry = Entry & Generated<GraphDataset> & { readonly kind: 'graph' }

export type ImageEntry = GeneratedImageEntry | IdxEntry | CifarEntry | UnofficialCifarEntry
export type TextEntry = GeneratedTextEntry | TextFilesEntry
export type GraphEntry = GeneratedGraphEntry | GraphFilesEntry

/** What is known about a data set without reading it; told apart by `kind` and `format`. */
export type DatasetEntry = ImageEntry | TextEntry | GraphEntry
