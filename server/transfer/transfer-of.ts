import { holm } from '../../src/statistics/holm.ts'
import { summarise } from '../../src/statistics/mean.ts'
import { outcomes } from '../../src/store/queries/outcomes.ts'
import {
  type AttackEvaluationRow,
  attackEvaluations,
  transferModels,
} from '../../src/store/queries/transfer.ts'
import type { Store } from '../../src/store/store.ts'
import { attacked, type Judged, unattacked } from '../robustness/judged.ts'
import { compare, tally } from '../robustness/over-seeds.ts'
import type { Flag } from '../schemas/robustness.ts'
import type {
  BestSource,
  CleanCell,
  Transfer,
  TransferCell,
  TransferGap,
  TransferQuery,
} from '../schemas/transfer.ts'
import { by } from '../settings.ts'
import { choose } from './choose.ts'
import { type ModelGroup, modelGroups, type Place, withoutModels } from './model-groups.ts'

/** Level at which a black box is said to beat a white box. */
const ALPHA = 0.05

/** One evaluation with where its source and its target stand. */
interface Attempt {
  readonly row: AttackEvaluationRow
  readonly source: Place
  readonly target: Place
  readonly whiteBox: boolean
  readonly judged: Judged
  readonly clean: Judged
}

/** A cell with the verdicts behind it. */
interface Built {
  readonly cell: TransferCell
  readonly attempts: readonly Attempt[]
}

/** Accuracy of every group of models on the examples crafted on every other. */
export async function transferOf(store: Store, query: TransferQuery): Promise<Transfer> {
  const { groups, places } = modelGroups(await transferModels(store, query.dataset))
  const architectures = [...new Set(groups.map(group => group.architecture))].filter(
    name => name !== 'ensemble',
  )
  const wanted = (place: Place) =>
    query.architecture === undefined ||
    place.group.architecture === query.architecture ||
    place.group.members?.every(member => member.architecture === query.architecture)
  const all = (await attackEvaluations(store, query.dataset)).filter(row => {
    const [source, target] = [places.get(row.crafted_on), places.get(row.model_id)]
    if (!source || !target || target.group.members) return false
    return wanted(source) && wanted(target) && counts(query, row, source, target)
  })
  const { rows, ...choices } = choose(all, query, architectures)
  const attempts = await judge(store, newestOfEach(rows), places)
  const cells = cellsOf(attempts)
  const gaps = gapsOf(cells)
  const place = (id: string | undefined) => groups.findIndex(group => group.id === id)
  const inOrder = <T extends { readonly target: string; readonly source?: string }>(all: T[]) =>
    all.sort((a, b) => place(a.target) - place(b.target) || place(a.source) - place(b.source))
  const used = (pick: (attempt: Attempt) => ModelGroup) => {
    const ids = new Set(attempts.map(attempt => pick(attempt).id))
    return groups.filter(({ id }) => ids.has(id)).map(withoutModels)
  }
  return {
    methods,
    ...choices,
    sources: used(({ source }) => source.group),
    targets: used(({ target }) => target.group),
    clean: inOrder(cleanOf(attempts)),
    cells: inOrder(cells.map(({ cell }) => cell)),
    gaps: inOrder(gaps),
    best: inOrder(bestOf(cells)),
    flags: gaps
      .filter(gap => gap.difference < 0 && gap.holm < ALPHA)
      .map(gap => flagOf(gap, groups, choices.chosen)),
  }
}

const methods = {
  accuracy:
    'Wilson 95 % over test examples; the verdicts of several models on one example count as one cluster.',
  overSeeds: "Student's 95 % interval over the judged models of several seeds, each one value.",
  gap:
    'Agresti-Min 95 % interval of the paired difference over test examples (models of one example are ' +
    'one cluster); p is two-sided, exact McNemar, adjusted for all differences shown (Holm).',
} as const

function counts(
  { seeds }: TransferQuery,
  row: AttackEvaluationRow,
  source: Place,
  target: Place,
): boolean {
  if (row.crafted_on === row.model_id || seeds === 'all') return true
  const [own] = target.seeds
  const shared = source.seeds.includes(own!)
  return seeds === 'same' ? shared && source.seeds.length === 1 : !shared
}

/** Of a source and a target that met twice, as under another seed of the attack, the later one. */
function newestOfEach(rows: readonly AttackEvaluationRow[]): AttackEvaluationRow[] {
  const largest = rows.toSorted((a, b) => a.n - b.n)
  return [...new Map(largest.map(row => [`${row.crafted_on} ${row.model_id}`, row])).values()]
}

async function judge(
  store: Store,
  rows: readonly AttackEvaluationRow[],
  places: ReadonlyMap<string, Place>,
): Promise<Attempt[]> {
  const found = await outcomes(
    store,
    rows.map(row => row.id),
  )
  return rows.flatMap(row => {
    const own = found.get(row.id)
    if (!own) return []
    const target = places.get(row.model_id)!
    const model = { seed: target.seeds[0]!, model: row.model_id, evaluation: row.id }
    return [
      {
        row,
        source: places.get(row.crafted_on)!,
        target,
        whiteBox: row.crafted_on === row.model_id,
        judged: { ...model, verdicts: attacked(own) },
        clean: { ...model, verdicts: unattacked(own) },
      },
    ]
  })
}

function cellsOf(attempts: readonly Attempt[]): Built[] {
  const key = ({ source, target, whiteBox }: Attempt) =>
    `${source.group.id} ${target.group.id} ${whiteBox}`
  return [...by(attempts, key).values()].map(group => {
    const { source, target, whiteBox } = group[0]!
    const cell = {
      source: source.group.id,
      target: target.group.id,
      whiteBox,
      ...accuracyOf(group.map(({ judged }) => judged)),
    }
    return { cell, attempts: group }
  })
}

/** Without attack, each model once, on the examples that it was attacked on. */
function cleanOf(attempts: readonly Attempt[]): CleanCell[] {
  return [...by(attempts, ({ target }) => target.group.id)].map(([target, group]) => {
    const models = new Map(group.map(({ clean }) => [clean.model, clean]))
    return { target, ...accuracyOf([...models.values()]) }
  })
}

function accuracyOf(judged: readonly Judged[]): Omit<CleanCell, 'target'> {
  const { n, accuracy, low, high, seeds } = tally(judged)
  const models = [...by(seeds, one => one.model)].map(([model, own]) => ({
    model,
    seed: own[0]!.seed,
    accuracy: mean(own.map(one => one.accuracy)),
  }))
  const perSeed = models.sort((a, b) => a.seed - b.seed)
  const overSeeds = spread(
    perSeed.map(one => one.accuracy),
    [0, 1],
  )
  return { n, evaluations: judged.length, accuracy, low, high, overSeeds, perSeed }
}

/** Student's interval of the mean of models, within what the values can be. */
function spread(
  values: readonly number[],
  [least, largest]: readonly [number, number],
): CleanCell['overSeeds'] {
  if (values.length < 2) return null
  const { sd, low, high } = summarise(values)
  return { sd: sd!, low: Math.max(least, low!), high: Math.min(largest, high!) }
}

function gapsOf(cells: readonly Built[]): TransferGap[] {
  const white = new Map(
    cells
      .filter(({ cell }) => cell.whiteBox)
      .flatMap(({ attempts }) => attempts.map(({ judged }) => [judged.model, judged] as const)),
  )
  const found = cells.flatMap(({ cell, attempts }) => {
    const pairs = attempts.flatMap(({ judged }) => {
      const own = white.get(judged.model)
      return own && !cell.whiteBox ? [[judged, own] as const] : []
    })
    if (pairs.length === 0) return []
    const { n, difference, low, high, p, perSeed } = compare(pairs)
    if (n === 0) return []
    const models = [...by(perSeed, one => one.seed)].map(([seed, own]) => ({
      seed,
      difference: mean(own.map(one => one.difference)),
    }))
    const overSeeds = spread(
      models.map(one => one.difference),
      [-1, 1],
    )
    const seeds = models.map(one => one.seed).sort((a, b) => a - b)
    const { source, target } = cell
    return [{ source, target, n, difference, low, high, p, overSeeds, seeds }]
  })
  const adjusted = holm(found.map(({ p }) => p))
  return found.map((gap, at) => ({ ...gap, holm: adjusted[at]! }))
}

function bestOf(cells: readonly Built[]): BestSource[] {
  const transfers = cells.filter(({ cell }) => !cell.whiteBox)
  return [...by(transfers, ({ cell }) => cell.target)].map(([target, own]) => {
    const [first, second] = own.toSorted((a, b) => a.cell.accuracy - b.cell.accuracy)
    const { source, accuracy, low, high } = first!.cell
    return { target, source, accuracy, low, high, next: second ? ahead(first!, second) : null }
  })
}

/** How much more the second leaves of the models that both met once. */
function ahead(first: Built, second: Built): BestSource['next'] {
  const others = by(second.attempts, ({ judged }) => judged.model)
  const groups = [...by(first.attempts, ({ judged }) => judged.model)]
  const pairs = groups.flatMap(([model, [one, ...more]]) => {
    const [other, ...rest] = others.get(model) ?? []
    return one && other && more.length + rest.length === 0
      ? [[other.judged, one.judged] as const]
      : []
  })
  if (pairs.length < groups.length) return null
  const { n, difference, low, high } = compare(pairs)
  return { source: second.cell.source, n, difference, low, high }
}

function flagOf(
  { source, target }: TransferGap,
  groups: readonly ModelGroup[],
  chosen: Transfer['chosen'],
): Flag {
  const name = (id: string) => {
    const { architecture, arm, variant } = groups.find(group => group.id === id)!
    return [architecture === 'ensemble' ? '' : architecture, arm, variant].filter(Boolean).join(' ')
  }
  return {
    kind: 'black-box-beats-white-box',
    series: null,
    attack: chosen?.attack ?? null,
    epsilon: chosen?.epsilon ?? null,
    message:
      `examples crafted on ${name(source)} fool ${name(target)} more often than white-box ones: ` +
      'its gradients mislead the attack',
  }
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length
