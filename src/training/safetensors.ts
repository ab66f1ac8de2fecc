import { WorkError } from '../errors.ts'

/** A tensor as it lies in a safetensors file. */
export interface StoredTensor {
  readonly shape: readonly number[]
  /** float32 or int32, little-endian. */
  readonly values: Float32Array | Int32Array
}

export interface SafetensorsContent {
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: Readonly<Record<string, StoredTensor>>
}

const dtypes = { F32: Float32Array, I32: Int32Array } as const

/**
 * Bytes of a safetensors file: header length (u64, little-endian), header (JSON), values.
 *
 * @see https://github.com/huggingface/safetensors (format)
 */
export function encodeSafetensors({ metadata, tensors }: SafetensorsContent): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata }
  const parts: Buffer[] = []
  let offset = 0
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const dtype = values instanceof Float32Array ? 'F32' : 'I32'
    header[name] = { dtype, shape, data_offsets: [offset, offset + values.byteLength] }
    parts.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength))
    offset += values.byteLength
  }
  const text = JSON.stringify(header)
  // Spaces behind the header let the values start at a multiple of 8.
  const json = Buffer.from(text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, json, ...parts])
}

/**
 * Reads a safetensors file; every offset, shape and length is checked.
 *
 * @param file name for error messages
 * @throws WorkError if the bytes are not a whole, consistent safetensors file of F32 and I32 tensors
 */
export function decodeSafetensors(bytes: Buffer, file: string): SafetensorsContent {
  const fail = (reason: string): never => {
    throw new WorkError(`invalid safetensors file: ${file}: ${reason}`)
  }
  if (bytes.length < 8) fail(`${bytes.length} bytes are too few`)
  const headerLength = Number(bytes.readBigUInt64LE(0))
  if (headerLength > bytes.length - 8) fail('the header is longer than the file')
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), fail)
  const data = bytes.subarray(8 + headerLength)
  const { __metadata__: metadata = {}, ...entries } = header
  let end = 0
  const tensors = Object.entries(entries)
    .sort(([, a], [, b]) => Number(a.data_offsets?.[0]) - Number(b.data_offsets?.[0]))
    .map(([name, { dtype, shape, data_offsets: offsets }]) => {
      const type = dtypes[dtype as keyof typeof dtypes]
      if (!type) return fail(`tensor ${name} has the unsupported type ${dtype}`)
      const count = shape?.reduce((product, length) => product * length, 1) ?? Number.NaN
      if (!offsets || offsets[0] !== end || offsets[1] - offsets[0] !== count * 4) {
        return fail(`tensor ${name} does not lie where its shape says`)
      }
      end = offsets[1]
      if (end > data.length) return fail(`it ends within tensor ${name}`)
      const values = new type(new Uint8Array(data.subarray(offsets[0], end)).buffer)
      return [name, { shape: shape!, values }] as const
    })
  if (end !== data.length) fail(`${data.length - end} bytes are left over`)
  return { metadata: metadata as Record<string, string>, tensors: Object.fromEntries(tensors) }
}

interface HeaderEntry {
  readonly dtype?: string
  readonly shape?: readonly number[]
  readonly data_offsets?: readonly [number, number]
}

function parseHeader(
  json: Buffer,
  fail: (reason: string) => never,
): Record<string, HeaderEntry & Record<string, unknown>> {
  try {
    const header: unknown = JSON.parse(json.toString('utf8'))
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) {
      return header as ReturnType<typeof parseHeader>
    }
  } catch {}
  return fail('its header is not a JSON object')
}
