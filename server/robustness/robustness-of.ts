import { evaluations } from '../../src/store/queries/evaluations.ts'
import { models } from '../../src/store/queries/models.ts'
import { outcomes } from '../../src/store/queries/outcomes.ts'
import { type VerdictRow, verdicts } from '../../src/store/queries/verdicts.ts'
import type { Store } from '../../src/store/store.ts'
import type { ModelVerdict, Robustness, RobustnessQuery } from '../schemas/robustness.ts'
import { by, chooseSetting, groupBySetting, matchedSeries } from '../settings.ts'
import { WORST_CASE } from '../worst-case.ts'
import { type AssembleOptions, assemble } from './assemble.ts'
import { flagsOf, incompleteFlags, notMetFlags } from './flags.ts'
import { metByAll } from './met-by-all.ts'
import { methods } from './over-seeds.ts'
import { pick, toPicked } from './pick.ts'

/** Accuracy against epsilon of matched models of one setting, and their paired differences. */
export async function robustnessOf(
  store: Store,
  query: RobustnessQuery,
  options: AssembleOptions = {},
): Promise<Robustness> {
  const groups = groupBySetting(await models(store, query.dataset, query.architecture))
  const chosen = chooseSetting(groups, query.setting)
  const { series, leftOut, pairs } = matchedSeries(chosen?.models ?? [])
  const ids = series.flatMap(one => one.models.map(model => model.id))
  const rows = ids.length > 0 ? await evaluations(store, ids, query.norm) : []
  const picked = pick(rows, pairs)
  const { common, leftOut: notMet, incomplete } = metByAll(rows, pairs)
  const found = await outcomes(
    store,
    rows.map(row => row.id),
  )
  const all = assemble(series, picked, common.map(toPicked), found, options)
  const wanted = ({ attack }: { readonly attack: string }) =>
    query.attack === undefined || attack === query.attack
  const curves = all.curves.filter(wanted)
  const gaps = all.gaps.filter(wanted)
  const attacks = [...new Set(picked.map(one => one.attack))].sort()
  return {
    norm: query.norm,
    methods: { ...methods, worstCase: WORST_CASE_METHOD },
    settings: groups.map(group => group.setting),
    setting: chosen?.setting ?? null,
    chance: chosen ? 1 / chosen.setting.classes : null,
    series,
    leftOut,
    attacks: attacks.length > 0 ? [WORST_CASE, ...attacks] : [],
    epsilons: [...new Set(picked.map(one => one.epsilon))].sort((a, b) => a - b),
    curves,
    differences: all.differences.filter(wanted),
    gaps,
    verdicts: ids.length > 0 ? latest(await verdicts(store, ids, query.norm)) : [],
    flags: [
      ...flagsOf(series, leftOut, curves, gaps, rows.length - found.size),
      ...notMetFlags(notMet),
      ...incompleteFlags(incomplete, series),
    ],
  }
}

/** Of each model and radius the latest verdict. */
function latest(rows: readonly VerdictRow[]): ModelVerdict[] {
  const first = by(rows, row => JSON.stringify([row.model_id, row.epsilon]))
  return [...first.values()].map(([row]) => ({
    model: row!.model_id,
    epsilon: row!.epsilon,
    verdict: row!.verdict,
    n: row!.n,
    reasons: JSON.parse(row!.reasons),
  }))
}

const WORST_CASE_METHOD =
  'An example counts as correct if the model withstood every attack of this norm and epsilon that ' +
  'all these models met, white-box and transferred; seeds that met fewer do not count.'
