/** Bounds of what one query may take and give. */
export const queryBounds = Object.freeze({
  /** Most rows that can be asked for. */
  mostRows: 10_000,
  rows: 1_000,
  bytes: 4_000_000,
  milliseconds: 5_000,
})
