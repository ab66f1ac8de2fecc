import type { Iteration, Observer } from '../../attacks/observer.ts'

/** One iteration that an attack has shown. */
export interface Seen extends Iteration {
  readonly part: string
  readonly rows: readonly number[]
}

/** Keeps what it is shown, with the rows of the whole batch. */
export function keeping(kept: Seen[], part = '', placeOf = (row: number) => row): Observer {
  return {
    see: (rows, { losses, ...iteration }) =>
      kept.push({ ...iteration, part, rows: rows.map(placeOf), losses: Array.from(losses) }),
    rows: rows => keeping(kept, part, row => placeOf(rows[row]!)),
    part: name => keeping(kept, name, placeOf),
  }
}
