import { createHash } from 'node:crypto'
import { canonicalJson } from '../store/canonical-json.ts'

/** A stable name for a value: the first 20 hexadecimal digits of the SHA-256 of its canonical JSON. */
export function identifierOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 20)
}
