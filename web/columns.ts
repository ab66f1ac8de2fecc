/** One column of a table and of its CSV and JSON, which all come from the same rows. */
export interface Column<Row> {
  readonly header: string
  /** Unit of the raw value, for exports. */
  readonly unit?: string
  /** The raw value, for exports. */
  readonly value: (row: Row) => string | number | boolean | null
  /** What the table shows; the raw value if left out. */
  readonly text?: (row: Row) => string
  /** Where the table's cell leads. */
  readonly href?: (row: Row) => string | undefined
  /** Right-aligned with equal digits. */
  readonly numeric?: boolean
  /** Sentences, which may be broken into lines. */
  readonly prose?: boolean
  /** In exports only: what another column already shows, such as the ends of an interval. */
  readonly exportOnly?: boolean
}
