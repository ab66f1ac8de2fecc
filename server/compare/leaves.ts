import { isDeepStrictEqual } from 'node:util'
import type { ComparedLeaf } from '../schemas/compare.ts'

type Json = ComparedLeaf['values'][number]

/** Nested values of several runs, leaf by leaf; paths in the order in which they first occur. */
export function leavesOf(runs: readonly Readonly<Record<string, unknown>>[]): ComparedLeaf[] {
  const flat = runs.map(run => new Map(flatten(run, '')))
  const paths = [...new Set(flat.flatMap(leaves => [...leaves.keys()]))]
  return paths.map(path => {
    const values = flat.map(leaves => leaves.get(path) ?? null)
    return { path, values, differs: values.some(value => !isDeepStrictEqual(value, values[0])) }
  })
}

/** Lists are leaves; objects are not. */
function flatten(value: Readonly<Record<string, unknown>>, prefix: string): [string, Json][] {
  return Object.entries(value).flatMap(([key, inner]): [string, Json][] =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? flatten(inner as Record<string, unknown>, `${prefix}${key}.`)
      : [[prefix + key, inner as Json]],
  )
}
