import type { Run } from '../../server/schemas/runs.ts'
import { type Mark, unrelatedMarks } from '../charts/palette.ts'
import { armName } from '../names.ts'

/** How a run of a comparison is called and drawn. */
export interface Labelled {
  readonly run: Run
  /** A, B, C … in the order of the address. */
  readonly letter: string
  /** The letter and what tells the run from the others, e.g. `B: likelihood ratio`. */
  readonly name: string
  readonly mark: Mark
}

const parts = [
  (run: Run) => run.dataset,
  (run: Run) => run.architecture,
  (run: Run) => armName(run.arm),
  (run: Run) => `seed ${run.seed}`,
  (run: Run) => run.engine,
] as const

/** Names of runs, each as short as it can be told from the others. */
export function labelled(runs: readonly Run[]): Labelled[] {
  const telling = parts.filter(part => new Set(runs.map(part)).size > 1)
  const marks = unrelatedMarks(runs.map(run => run.arm))
  return runs.map((run, at) => {
    const letter = String.fromCharCode(65 + at)
    const words = telling.map(part => part(run)).join(', ')
    return { run, letter, name: `${letter}: ${words || run.id.slice(0, 8)}`, mark: marks[at]! }
  })
}
