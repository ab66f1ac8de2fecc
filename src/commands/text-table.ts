/**
 * Lines of an aligned table for the terminal.
 *
 * @param rows the first is the head; all have the same length
 * @param right which columns are aligned to the right
 */
export function textTable(
  rows: readonly (readonly string[])[],
  right: (column: number) => boolean = () => false,
): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        right(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd()
  const [head, ...body] = rows.map(line)
  return [head!, widths.map(width => '─'.repeat(width)).join('  '), ...body]
}
