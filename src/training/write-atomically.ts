import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, WorkError } from '../errors.ts'

/**
 * Writes a file so that its name holds either the whole content or what was there before: into a
 * temporary file beside it, flushed to the disk, then renamed.
 *
 * @throws WorkError if the disk is full or the folder cannot be written; nothing is left behind
 */
export async function writeAtomically(file: string, content: Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.part`
  try {
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(temporary, 'w')
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw new WorkError(`cannot write ${file}: ${messageOf(error)}`)
  }
}
