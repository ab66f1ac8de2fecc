import type { Predicate } from './check.ts'

/** Every predicate, in the order of their numbers. */
export const predicates: readonly Predicate[] = []
