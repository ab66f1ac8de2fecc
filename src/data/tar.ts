import { invalidFile, type RawFile } from './raw-file.ts'

const block = 512

/**
 * One member of an unpacked tar archive; it shares the archive's memory.
 *
 * @param name the member's whole name
 * @throws WorkError naming the archive when it has no such member or ends within one
 * @see POSIX.1-1988 (ustar): a header block (name, size in octal at byte 124), then the content
 */
export function tarMember(archive: RawFile, name: string): RawFile {
  const { path, bytes } = archive
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(field(bytes, at + 124, 12), 8)
    if (!(size >= 0)) throw invalidFile(path, `no size in the tar header at byte ${at}`)
    const start = at + block
    if (start + size > bytes.length) throw invalidFile(path, 'the tar archive ends within a member')
    if (field(bytes, at, 100) === name) {
      return { path: `${path}:${name}`, bytes: bytes.subarray(start, start + size) }
    }
    at = start + Math.ceil(size / block) * block
  }
  throw invalidFile(path, `missing member ${name}`)
}

/** A text field of a header, up to its first zero byte. */
function field(bytes: Uint8Array, at: number, length: number): string {
  const text = Buffer.from(bytes.subarray(at, at + length)).toString('latin1')
  return text.split('\0', 1)[0]!.trim()
}
