/**
 * Calls `stop` at Ctrl-C (SIGINT) and at a polite kill (SIGTERM), which then no longer end the process.
 *
 * Whoever prints that it can be stopped listens first: a script may answer the line at once.
 *
 * @returns ends the listening; from then on both signals end the process
 */
export function onInterruption(stop: () => void): () => void {
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return () => {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}
