import type { WorkError } from '../../errors.ts'
import { invalidFile, type RawFile } from '../raw-file.ts'

/** The error for a line (counted from 1) that is not what its format asks for. */
export function invalidLine(path: string, line: number, fault: string): WorkError {
  return invalidFile(path, `line ${line}: ${fault}`)
}

/**
 * The text of a UTF-8 file.
 *
 * @throws WorkError naming the first line that is not UTF-8
 */
export function decodeUtf8({ path, bytes }: RawFile): string {
  try {
    return decode(bytes)
  } catch {
    throw invalidLine(path, firstBadLine(bytes), 'invalid UTF-8')
  }
}

/** The lines of a text; a line feed at its end starts no line. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

function firstBadLine(bytes: Uint8Array): number {
  for (let line = 1, start = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start)
    if (end === -1) return line
    try {
      decode(bytes.subarray(start, end))
    } catch {
      return line
    }
    start = end + 1
  }
}
