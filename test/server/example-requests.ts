import { ZodObject } from 'zod'
import type { Route } from '../../server/route.ts'
import { routes } from '../../server/routes/index.ts'
import type { Store } from '../../src/store/store.ts'

/** One route and an address of it that a filled database answers, below `/api/v1`. */
export interface ExampleRequest {
  readonly route: string
  readonly address: string
}

/** What the addresses name, by the name of the parameter. */
type Known = Readonly<Record<string, string>>

/**
 * More addresses than the one that is made of a route's required parameters: what it takes most time
 * for, or other statements of SQL.
 */
const more: Readonly<Record<string, (known: Known) => readonly Known[]>> = {
  '/robustness': ({ dataset = '' }) => [{ dataset, architecture: 'mlp', norm: 'l2' }],
  '/gradients/steps': () => [{ dataset: 'copy' }],
  '/runs': ({ dataset = '', architecture = '' }) => [
    { limit: '200' },
    { dataset, architecture, arm: 'bp', state: 'trained', sort: 'accuracy', order: 'asc' },
  ],
}

/** Routes whose answer does not end. */
export function isStream({ produces }: Route): boolean {
  return produces?.includes('text/event-stream') ?? false
}

/**
 * Addresses of every route that ends: one with its required parameters, and those listed above.
 *
 * @param store filled by `writeScaleDatabase`
 * @throws Error for a route with a parameter for which there is no example
 */
export async function exampleRequests(store: Store): Promise<ExampleRequest[]> {
  const ids = await idsOf(store)
  const known: Known = { dataset: 'mnist', architecture: 'lenet', norm: 'linf', ...ids }
  return routes
    .filter(route => !isStream(route))
    .flatMap(route => {
      const queries = [required(route, known), ...(more[route.path]?.(known) ?? [])]
      const unique = new Set(queries.map(query => addressOf(route, query, known)))
      return [...unique].map(address => ({ route: route.path, address }))
    })
}

function required({ path, query }: Route, known: Known): Known {
  const missing = Object.entries(query instanceof ZodObject ? query.shape : {})
    .filter(([, schema]) => !schema.safeParse(undefined).success)
    .map(([name]) => [name, exampleOf(name, path, known)])
  return Object.fromEntries(missing)
}

function addressOf({ path }: Route, query: Known, known: Known): string {
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => exampleOf(name, path, known))
  const parameters = new URLSearchParams(query).toString()
  return parameters ? `${filled}?${parameters}` : filled
}

/** An `id` is one of what the path names first, e.g. of `runs`. */
function exampleOf(name: string, path: string, known: Known): string {
  const key = name === 'id' ? `${path.split('/')[1]} id` : name
  const value = known[key]
  if (value !== undefined) return value
  throw new Error(`missing example for ${path}: ${key}; add one to ${import.meta.filename}`)
}

async function idsOf(store: Store): Promise<Known> {
  const evaluation = await store
    .selectFrom('evaluation')
    .innerJoin('model', 'model.id', 'evaluation.model_id')
    .innerJoin('dataset', 'dataset.id', 'model.dataset_id')
    .where('dataset.name', '=', 'mnist')
    .where('attack', '=', 'pgd')
    .select(['evaluation.id', 'evaluation.model_id'])
    .limit(1)
    .executeTakeFirstOrThrow()
  const runs = await store.selectFrom('model').select('id').orderBy('id').limit(2).execute()
  const nightly = await store.selectFrom('nightly').select('id').limit(1).executeTakeFirstOrThrow()
  return {
    'runs id': evaluation.model_id,
    'evaluations id': evaluation.id,
    'nightlies id': nightly.id,
    evaluation: evaluation.id,
    examples: '0,1',
    runs: runs.map(run => run.id).join(),
    format: 'json',
    view: 'certification',
    sql: 'select 1 as one',
  }
}
