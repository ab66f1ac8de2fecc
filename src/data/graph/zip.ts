import { inflateRawSync } from 'node:zlib'
import { messageOf } from '../../errors.ts'
import { invalidFile, type RawFile } from '../raw-file.ts'

const entrySignature = 0x02014b50
const endBytes = 22

/**
 * The members of a ZIP archive by name, stored or deflated, found through its central directory.
 *
 * @throws WorkError naming the archive when it is damaged, encrypted, split or compressed otherwise
 * @see PKWARE APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16
 */
export function readZip(archive: RawFile): ReadonlyMap<string, Buffer> {
  const { path, bytes } = archive
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'))
  if (end === -1 || end + endBytes > zip.length) {
    throw invalidFile(path, 'no end of a ZIP directory')
  }
  const members = new Map<string, Buffer>()
  const count = zip.readUInt16LE(end + 10)
  try {
    for (let i = 0, at = zip.readUInt32LE(end + 16); i < count; i++) {
      if (zip.readUInt32LE(at) !== entrySignature) throw new Error(`no entry at byte ${at}`)
      const nameBytes = zip.readUInt16LE(at + 28)
      const name = zip.toString('utf8', at + 46, at + 46 + nameBytes)
      members.set(name, content(zip, at, name))
      at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
    }
  } catch (error) {
    throw invalidFile(path, `damaged ZIP archive: ${messageOf(error)}`)
  }
  return members
}

/** The unpacked bytes of the member whose directory entry lies at `entry`. */
function content(zip: Buffer, entry: number, name: string): Buffer {
  const encrypted = zip.readUInt16LE(entry + 8) & 1
  const method = zip.readUInt16LE(entry + 10)
  const packed = zip.readUInt32LE(entry + 20)
  const size = zip.readUInt32LE(entry + 24)
  const local = zip.readUInt32LE(entry + 42)
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
  if (encrypted || (method !== 0 && method !== 8)) {
    throw new Error(`${name} is ${encrypted ? 'encrypted' : `packed with method ${method}`}`)
  }
  const raw = zip.subarray(start, start + packed)
  const unpacked = method === 0 ? raw : inflateRawSync(raw)
  if (unpacked.length === size) return unpacked
  throw new Error(`${name} has ${unpacked.length} bytes, expected ${size}`)
}
