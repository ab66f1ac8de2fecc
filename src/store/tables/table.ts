/** What a table holds, and what each of its columns means, with its unit. */
export interface TableDescription<Row> {
  readonly name: string
  /** What one row is. */
  readonly description: string
  readonly columns: Readonly<Record<keyof Row & string, string>>
}
