/**
 * A search on one text, written as if there were no other: it asks about changed texts, several at a
 * time, gets an answer for each, and returns the tokens that it settles on.
 */
export type Search<Question, Answer> = Generator<readonly Question[], Int32Array, readonly Answer[]>

/**
 * Runs searches in lock-step, so that the questions of all of them reach the model together; one
 * that is done takes no further part. No search sees another's answers.
 *
 * @param answer answers each question in its place; every question counts as one query
 */
export function searchTogether<Question, Answer>(
  searches: readonly Search<Question, Answer>[],
  answer: (questions: readonly Question[]) => readonly Answer[],
): { readonly tokens: readonly Int32Array[]; readonly queries: Float32Array } {
  const tokens: Int32Array[] = []
  const queries = new Float32Array(searches.length)
  let open = searches.map((search, row) => ({ search, row, answers: [] as readonly Answer[] }))
  while (open.length > 0) {
    const asked = open.flatMap(({ search, row, answers }) => {
      const step = search.next(answers)
      if (!step.done) return [{ search, row, questions: step.value }]
      tokens[row] = step.value
      return []
    })
    const answers = answer(asked.flatMap(({ questions }) => questions))
    let from = 0
    open = asked.map(({ search, row, questions }) => {
      const own = answers.slice(from, from + questions.length)
      from += questions.length
      queries[row]! += questions.length
      return { search, row, answers: own }
    })
  }
  return { tokens, queries }
}
