/**
 * A mistake of the user's: a wrong option, an unknown name, a missing file.
 * The command line prints the message alone and exits with status 2.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Work that could not be done although it was asked for correctly: a corrupt file, a full disk.
 * The command line prints the message alone and exits with status 1.
 */
export class WorkError extends Error {
  override readonly name = 'WorkError'
}

/** The message of anything that was thrown, for one line of output. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
