import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { messageOf, WorkError } from '../errors.ts'

/** Size and SHA-256 (hex) of a file's content. */
export interface Checksum {
  readonly bytes: number
  readonly sha256: string
}

/**
 * Reads a file once from start to end and sums it up.
 *
 * @throws WorkError when it cannot be read
 */
export async function checksumOf(path: string): Promise<Checksum> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      bytes += chunk.length
    }
  } catch (error) {
    throw new WorkError(`unreadable data file: ${path}: ${messageOf(error)}`)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** What is wrong with a content, against what was published; undefined when nothing is. */
export function mismatch(found: Checksum, expected: Checksum): string | undefined {
  if (found.bytes !== expected.bytes) {
    return `${found.bytes} bytes, expected ${expected.bytes}`
  }
  if (found.sha256 !== expected.sha256) {
    return `SHA-256 ${head(found.sha256)}, expected ${head(expected.sha256)}`
  }
  return undefined
}

function head(digest: string): string {
  return `${digest.slice(0, 12)}…`
}
