import {
  attackedModels,
  exampleRows,
  filterCounts,
  filteredExamples,
  type GalleryEvaluation,
  galleryEvaluations,
} from '../../src/store/queries/gallery.ts'
import { type ModelRow, models } from '../../src/store/queries/models.ts'
import type { Store } from '../../src/store/store.ts'
import type {
  Gallery,
  GalleryColumn,
  GalleryItem,
  GalleryOutcome,
  GalleryQuery,
} from '../schemas/gallery.ts'
import { by, chooseSetting, distinguishing, groupBySetting } from '../settings.ts'
import { chooseAttack } from './choices.ts'
import { contentKind } from './content-kind.ts'

const nothing: Gallery = {
  kind: null,
  classes: [],
  choices: {
    settings: [],
    seeds: [],
    attacks: [],
    norms: [],
    epsilons: [],
    sources: [],
    variants: [],
  },
  chosen: null,
  columns: [],
  counts: { all: 0, broken: 0, one: 0, held: 0, wrong: 0 },
  items: [],
  next: null,
  previous: null,
}

/** What matched models made of the same examples under one attack, a page of them. */
export async function galleryOf(store: Store, query: GalleryQuery): Promise<Gallery> {
  const all = await models(store, query.dataset, query.architecture)
  const attacked = await attackedModels(
    store,
    all.map(({ id }) => id),
  )
  const groups = groupBySetting(all.filter(({ id }) => attacked.has(id)))
  const group = chooseSetting(groups, query.setting) ?? groups[0]
  if (!group) return nothing
  const seeds = [...new Set(group.models.map(({ seed }) => seed))].sort((a, b) => a - b)
  const seed = seeds.find(one => one === query.seed) ?? seeds[0]!
  const members = membersOf(group.models.filter(model => model.seed === seed))
  const attack = chooseAttack(
    await galleryEvaluations(
      store,
      members.map(({ model }) => model.id),
    ),
    query,
  )!
  const columns = members.flatMap(({ model, series }) => {
    const evaluation = attack.evaluations.find(row => row.model_id === model.id)
    return evaluation ? [columnOf(model, series, evaluation)] : []
  })
  const [first] = group.models
  return {
    kind: contentKind(first!.dataset, first!.shape),
    classes: JSON.parse(first!.classes),
    choices: { settings: groups.map(({ setting }) => setting), seeds, ...attack.choices },
    chosen: { setting: group.setting, seed, ...attack.chosen },
    columns,
    ...(await pageOf(store, columns, query)),
  }
}

/** Models of one setting and seed, the newest of each arm and its options; backprop first. */
function membersOf(rows: readonly ModelRow[]) {
  return [...by(rows, row => row.arm)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([arm, ofArm]) => {
      const estimators = [...by(ofArm, row => row.estimator_config)]
      const configs = estimators.map(([config]) => JSON.parse(config) as Record<string, unknown>)
      return estimators.map(([, alike], at) => {
        const variant = configs.length > 1 ? distinguishing(configs, at) : ''
        return { model: alike.at(-1)!, series: variant ? `${arm} (${variant})` : arm }
      })
    })
}

function columnOf(model: ModelRow, series: string, row: GalleryEvaluation): GalleryColumn {
  return {
    evaluation: row.id,
    model: model.id,
    arm: model.arm,
    series,
    craftedOn: {
      id: row.crafted_on,
      arm: row.source_arm,
      architecture: row.source_architecture,
      seed: row.source_seed,
      self: row.crafted_on === row.model_id,
    },
    attackConfig: JSON.parse(row.attack_config),
    n: row.n,
    cleanCorrect: row.clean_correct,
    robustCorrect: row.robust_correct,
    robustAccuracy: row.robust_accuracy,
    low: row.robust_accuracy_low,
    high: row.robust_accuracy_high,
  }
}

async function pageOf(
  store: Store,
  columns: readonly GalleryColumn[],
  { filter, from, limit }: GalleryQuery,
): Promise<Pick<Gallery, 'counts' | 'items' | 'next' | 'previous'>> {
  const evaluations = columns.map(({ evaluation }) => evaluation)
  const ahead = await filteredExamples(store, evaluations, filter, { from, limit: limit + 1 })
  const behind = await filteredExamples(store, evaluations, filter, { from, limit, before: true })
  const shown = ahead.slice(0, limit)
  const rows = await exampleRows(store, evaluations, shown)
  const items = shown.map((example): GalleryItem => {
    const own = rows.filter(row => row.example === example)
    const outcomes = evaluations.map(id =>
      outcomeOf(own.find(({ evaluation_id }) => evaluation_id === id)!),
    )
    return { example, label: own[0]!.label, outcomes }
  })
  return {
    counts: await filterCounts(store, evaluations),
    items,
    next: ahead[limit] ?? null,
    previous: behind.at(-1) ?? null,
  }
}

function outcomeOf(row: Awaited<ReturnType<typeof exampleRows>>[number]): GalleryOutcome {
  return {
    cleanPrediction: row.clean_prediction,
    adversarialPrediction: row.adversarial_prediction,
    success: row.success === 1,
    linf: row.linf,
    l2: row.l2,
    l1: row.l1,
    queries: row.queries,
    component: row.component,
    words: row.words,
    changedWords: row.changed_words,
    changedEdges: row.changed_edges,
    changedEntries: row.changed_entries,
  }
}
