import type { CorruptionAccuracyView } from '../store/views/corruption-accuracy.ts'

/**
 * Rows of a table of accuracies in percent: a row a kind, a column a severity, and their means.
 *
 * @param cells of one job, kind by kind, from the mildest severity
 */
export function corruptionTable(cells: readonly CorruptionAccuracyView[]): string[][] {
  const severities = [...new Set(cells.map(({ severity }) => severity))].sort((a, b) => a - b)
  const names = [...new Set(cells.map(({ corruption }) => corruption))]
  const row = (title: string, own: readonly CorruptionAccuracyView[]) => [
    title,
    ...severities.map(level => mean(own.filter(({ severity }) => severity === level))),
    mean(own),
  ]
  return [
    ['corruption', ...severities.map(String), 'mean'],
    ...names.map(name =>
      row(
        name,
        cells.filter(({ corruption }) => corruption === name),
      ),
    ),
    row('mean', cells),
  ]
}

function mean(cells: readonly CorruptionAccuracyView[]): string {
  const sum = cells.reduce((total, { accuracy }) => total + accuracy, 0)
  return ((100 * sum) / cells.length).toFixed(1)
}
