import { crc32 } from 'node:zlib'
import { readNpy } from '../data/graph/npy.ts'
import { readZip } from '../data/graph/zip.ts'
import type { RawFile } from '../data/raw-file.ts'
import type { StoredTensor } from '../training/safetensors.ts'

/** Tensors by name, as weights lie in a file. */
export type StoredTensors = Readonly<Record<string, StoredTensor>>

/** An array as `encodeNpz` takes it: a tensor, or one of the types that tensors do not have. */
export type StoredArray =
  | StoredTensor
  | { readonly shape: readonly number[]; readonly values: Float64Array | BigInt64Array }
  | NumpyTexts

/** Texts of equal width: code points, zeros behind shorter ones. */
export interface NumpyTexts {
  readonly shape: readonly number[]
  readonly width: number
  /** `shape` times `width`. */
  readonly values: Uint32Array
}

const localSignature = 0x04034b50
const entrySignature = 0x02014b50
const endSignature = 0x06054b50
/** Version 2.0 of the ZIP format: what stored members need. */
const version = 20
/** Bit 11 of a member's flags: its name is UTF-8. */
const utf8 = 1 << 11

/**
 * The arrays of a NumPy archive (`numpy.savez`) by name.
 *
 * @throws WorkError naming the archive or member that is damaged or of another type
 */
export function decodeNpz(file: RawFile): StoredTensors {
  const members = [...readZip(file)].filter(([name]) => name.endsWith('.npy'))
  return Object.fromEntries(
    members.map(([name, bytes]) => [
      name.slice(0, -'.npy'.length),
      readNpy({ path: `${file.path}:${name}`, bytes }),
    ]),
  )
}

/**
 * Bytes of a NumPy archive that `numpy.load` reads; members are stored, not compressed.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @see PKWARE APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16
 */
export function encodeNpz(arrays: Readonly<Record<string, StoredArray>>): Buffer {
  const members: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const [name, array] of Object.entries(arrays)) {
    const file = Buffer.from(`${name}.npy`)
    const content = encodeNpy(array)
    const described = memberFields(content, file)
    const local = Buffer.alloc(4)
    local.writeUInt32LE(localSignature)
    const member = Buffer.concat([local, described, file, content])
    members.push(member)
    entries.push(directoryEntry(described, file, offset))
    offset += member.length
  }
  const directory = Buffer.concat(entries)
  return Buffer.concat([...members, directory, endOfDirectory(entries.length, directory, offset)])
}

/** What a member's own header and its entry in the directory both say. */
function memberFields(content: Buffer, name: Buffer): Buffer {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(version, 0)
  fields.writeUInt16LE(utf8, 2)
  // The first of January 1980, the format's earliest day: equal weights make equal files.
  fields.writeUInt16LE((1 << 5) | 1, 8)
  fields.writeUInt32LE(crc32(content), 10)
  fields.writeUInt32LE(content.length, 14)
  fields.writeUInt32LE(content.length, 18)
  fields.writeUInt16LE(name.length, 22)
  return fields
}

function directoryEntry(fields: Buffer, name: Buffer, offset: number): Buffer {
  const head = Buffer.alloc(6)
  head.writeUInt32LE(entrySignature)
  head.writeUInt16LE(version, 4)
  const tail = Buffer.alloc(14)
  tail.writeUInt32LE(offset, 10)
  return Buffer.concat([head, fields, tail, name])
}

function endOfDirectory(count: number, directory: Buffer, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(endSignature)
  end.writeUInt16LE(count, 8)
  end.writeUInt16LE(count, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return end
}

function encodeNpy(array: StoredArray): Buffer {
  const { shape, values } = array
  const type = typeOf(array)
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`
  const start = 10
  // Spaces and a line feed let the values start at a multiple of 64.
  const length = Math.ceil((start + text.length + 1) / 64) * 64 - start
  const head = Buffer.alloc(start)
  head.write('\x93NUMPY\x01', 'latin1')
  head.writeUInt16LE(length, 8)
  const header = Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1')
  const content = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  return Buffer.concat([head, header, content])
}

function typeOf(array: StoredArray): string {
  if ('width' in array) return `<U${array.width}`
  const { values } = array
  if (values instanceof Float64Array) return '<f8'
  if (values instanceof BigInt64Array) return '<i8'
  return values instanceof Float32Array ? '<f4' : '<i4'
}
