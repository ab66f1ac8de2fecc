import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, WorkError } from '../errors.ts'
import { mismatch } from './checksum.ts'
import type { DataFile } from './entry.ts'

/** How a download may end early. */
export interface DownloadOptions {
  /** Aborting it ends the download and removes what was written. */
  readonly signal?: AbortSignal
  /** Time without any answer or data after which an address is given up, in milliseconds. */
  readonly patienceMs?: number
}

/** An address did not give the published file; the next one may. */
class SourceError extends Error {}

/**
 * Downloads a file and puts it under its final name only when size and SHA-256 are the published ones.
 *
 * Until then it lies in a temporary file beside the target, which is removed on failure. The
 * addresses are tried in order.
 *
 * @param report told about every address that failed and every quarter of a long file, one line each
 * @throws WorkError when no address gave the file, or it cannot be written
 */
export async function download(
  file: DataFile,
  target: string,
  report: (line: string) => void,
  options: DownloadOptions = {},
): Promise<void> {
  const faults: string[] = []
  for (const url of file.urls) {
    try {
      return await downloadFrom(url, file, target, report, options)
    } catch (error) {
      if (options.signal?.aborted) throw new WorkError(`interrupted download: ${url}`)
      if (!(error instanceof SourceError)) throw unwritable(target, error)
      report(`  ${url}: ${error.message}`)
      faults.push(`${new URL(url).host}: ${error.message}`)
    }
  }
  throw new WorkError(`failed download: ${file.name}: ${faults.join('; ')}`)
}

async function downloadFrom(
  url: string,
  file: DataFile,
  target: string,
  report: (line: string) => void,
  options: DownloadOptions,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  const temporary = `${target}.${process.pid}.part`
  try {
    const handle = await open(temporary, 'w')
    try {
      await receive(url, file, handle, report, options)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Writes what the address sends and checks it against what was published. */
async function receive(
  url: string,
  file: DataFile,
  handle: FileHandle,
  report: (line: string) => void,
  { signal, patienceMs = 30_000 }: DownloadOptions,
): Promise<void> {
  const impatience = new AbortController()
  const timer = setTimeout(() => impatience.abort(), patienceMs)
  const signals = signal ? [impatience.signal, signal] : [impatience.signal]
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of content(url, AbortSignal.any(signals))) {
      timer.refresh()
      bytes += chunk.length
      if (bytes > file.bytes) throw new SourceError(`more than the expected ${file.bytes} bytes`)
      hash.update(chunk)
      await handle.appendFile(chunk)
      const percent = passedQuarter(bytes - chunk.length, bytes, file.bytes)
      if (percent !== undefined) report(`  ${percent} %`)
    }
  } catch (error) {
    if (impatience.signal.aborted) throw new SourceError(`no data for ${patienceMs / 1000} s`)
    throw error
  } finally {
    clearTimeout(timer)
  }
  const fault = mismatch({ bytes, sha256: hash.digest('hex') }, file)
  if (fault !== undefined) throw new SourceError(fault)
}

/** The quarter, in percent, that a file of a megabyte or more has just reached. */
function passedQuarter(before: number, now: number, total: number): number | undefined {
  if (total < 1e6) return undefined
  const reached = Math.floor((4 * now) / total)
  return reached > Math.floor((4 * before) / total) ? 25 * reached : undefined
}

/** The body of an answer, chunk by chunk; every failure of the network is a SourceError. */
async function* content(url: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    const response = await fetch(url, { signal, headers: { 'accept-encoding': 'identity' } })
    if (!response.ok) throw new SourceError(`status ${response.status} ${response.statusText}`)
    if (response.body) yield* response.body
  } catch (error) {
    throw error instanceof SourceError ? error : new SourceError(networkFault(error))
  }
}

/** Native fetch says "fetch failed" and hides the reason in the cause. */
function networkFault(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof AggregateError) return messageOf(cause.errors[0])
  return messageOf(cause ?? error)
}

function unwritable(target: string, error: unknown): WorkError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const reason =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'the disk is full'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'no permission'
        : messageOf(error)
  return new WorkError(`cannot write ${target}: ${reason}`)
}
