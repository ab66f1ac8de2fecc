import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { messageOf, WorkError } from '../errors.ts'

const unzip = promisify(gunzip)

/** A file's bytes as they lie on disk, with the name to call it by in messages. */
export interface RawFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** The error for a file whose content is not what its format asks for. */
export function invalidFile(path: string, fault: string): WorkError {
  return new WorkError(`invalid data file: ${path}: ${fault}`)
}

/**
 * The bytes that were packed into a gzip file.
 *
 * @throws WorkError naming the file when it is damaged
 */
export async function inflate(file: RawFile): Promise<Uint8Array> {
  try {
    return await unzip(file.bytes)
  } catch (error) {
    const truncated = error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR'
    throw invalidFile(
      file.path,
      truncated
        ? `the gzip stream ends early after ${file.bytes.length} bytes, expected its end mark`
        : `expected one whole gzip stream, found ${file.bytes.length} bytes that are not (${messageOf(error)})`,
    )
  }
}
