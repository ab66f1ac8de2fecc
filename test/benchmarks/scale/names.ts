import { identifierOf } from '../../../src/plans/identifier.ts'

/** An identifier like those of real rows. */
export function hash(...of: readonly (string | number)[]): string {
  return identifierOf(of)
}

/** ISO time of one of many rows, a minute after the one before. */
export function timeAt(row: number): string {
  return new Date(Date.UTC(2026, 0, 1) + row * 60_000).toISOString()
}
