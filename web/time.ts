import * as format from './format.ts'
import { h } from './h.ts'

/** A time in UTC; how long ago it was comes up when it is pointed at. */
export function time(iso: string, characters?: number): HTMLTimeElement {
  const title = format.ago(iso, Date.now())
  return h('time', { datetime: iso, title }, format.time(iso).slice(0, characters))
}
