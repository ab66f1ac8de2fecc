import { checksumOf, mismatch } from './checksum.ts'
import { type DownloadOptions, download } from './download.ts'
import type { DatasetEntry } from './entry.ts'
import { exists, pathIn } from './folder.ts'

/**
 * Downloads the files of a data set that are not in the folder yet, or not as they were published.
 *
 * @param folder data folder; the files go to `<folder>/<folder of the set>/`, made when missing
 * @param report told about progress, one line at a time
 * @throws WorkError when a file cannot be had or written; the files before it stay
 */
export async function fetchDataset(
  entry: DatasetEntry,
  folder: string,
  report: (line: string) => void,
  options: DownloadOptions = {},
): Promise<void> {
  for (const file of entry.files) {
    const target = pathIn(folder, entry, file.name)
    const present = await exists(target)
    const fault = present ? mismatch(await checksumOf(target), file) : undefined
    if (present && fault === undefined) {
      report(`${target}: already here`)
      continue
    }
    if (fault !== undefined) report(`${target}: ${fault}; replacing it`)
    report(`${target}: fetching ${readableSize(file.bytes)}`)
    await download(file, target, report, options)
    report(`${target}: ok`)
  }
}

function readableSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
