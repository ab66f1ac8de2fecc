import type { RequestHandler } from 'express'
import { measureName } from '../../src/nightly/describe.ts'
import { isAccuracy } from '../../src/nightly/measurement.ts'
import { summarise } from '../../src/statistics/mean.ts'
import { wilson } from '../../src/statistics/wilson.ts'
import {
  alarmsAbout,
  executedPlans,
  measuredNightlies,
  measuredSubjects,
  measuredValues,
  type TrendSubject,
} from '../../src/store/queries/nightly-history.ts'
import type { Store } from '../../src/store/store.ts'
import { sendJson } from '../json.ts'
import { parsed } from '../problem.ts'
import {
  type Trend,
  type TrendPoint,
  type TrendQuery,
  trendQuerySchema,
} from '../schemas/nightly.ts'
import { by } from '../settings.ts'

type Nightlies = Awaited<ReturnType<typeof measuredNightlies>>
type Subjects = Awaited<ReturnType<typeof measuredSubjects>>
type Values = Awaited<ReturnType<typeof measuredValues>>
type Alarms = Awaited<ReturnType<typeof alarmsAbout>>

/** `GET /nightlies/trend`: one number of a plan over its executions, arm by arm. */
export function nightlyTrend(store: Store): RequestHandler {
  return async (request, response) => {
    const asked = parsed(trendQuerySchema, request.query)
    const plans = await executedPlans(store)
    const nightlies = await measuredNightlies(store, asked.plan)
    const [latest] = nightlies
    const subjects = latest ? await measuredSubjects(store, latest.id) : []
    const chosen = choose(subjects, asked)
    const answer = { plans, choices: choicesOf(subjects) }
    if (!latest || !chosen) {
      sendJson(response, { ...answer, chosen: null, series: [] } satisfies Trend)
      return
    }
    const ids = nightlies.map(({ id }) => id)
    const values = await measuredValues(store, ids, chosen)
    const alarms = await alarmsAbout(store, ids, chosen)
    const { dataset, architecture, metric } = chosen
    sendJson(response, {
      ...answer,
      chosen: { plan: latest.plan, dataset, architecture, measure: measureName(chosen), metric },
      series: seriesOf(chosen, nightlies.toReversed(), values, alarms),
    } satisfies Trend)
  }
}

/** What is asked for, as far as the latest execution has it: the worst case if nothing is. */
function choose(
  subjects: Subjects,
  { dataset, architecture, measure }: TrendQuery,
): Subjects[number] | undefined {
  const narrowed = (rows: Subjects, keep: (row: Subjects[number]) => boolean) => {
    const kept = rows.filter(keep)
    return kept.length > 0 ? kept : rows
  }
  const [first] = narrowed(subjects, row => row.dataset === dataset)
  const onData = subjects.filter(row => row.dataset === first?.dataset)
  const [second] = narrowed(onData, row => row.architecture === architecture)
  const here = onData.filter(row => row.architecture === second?.architecture)
  return (
    here.find(row => measureName(row) === measure) ??
    here.find(row => row.metric === 'worst') ??
    here.find(row => row.metric === 'robust') ??
    here[0]
  )
}

function choicesOf(subjects: Subjects): Trend['choices'] {
  const groups = by(subjects, row => JSON.stringify([row.dataset, row.architecture]))
  return [...groups.values()].map(rows => ({
    dataset: rows[0]!.dataset,
    architecture: rows[0]!.architecture,
    measures: [...new Set(rows.map(measureName))],
  }))
}

function seriesOf(
  subject: TrendSubject,
  nightlies: Nightlies,
  values: Values,
  alarms: Alarms,
): Trend['series'] {
  const keyOf = (row: { arm: string; variant: string }) => JSON.stringify([row.arm, row.variant])
  return [...by(values, keyOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, own]) => {
      const alarmsOfArm = alarms.filter(one => keyOf(one) === key)
      const points = nightlies.flatMap(nightly => {
        const here = own.filter(row => row.nightly_id === nightly.id)
        return here.length > 0 ? [pointOf(subject, nightly, here, alarmsOfArm)] : []
      })
      return { arm: own[0]!.arm, variant: own[0]!.variant, points }
    })
}

function pointOf(
  subject: TrendSubject,
  nightly: Nightlies[number],
  values: Values,
  alarms: Alarms,
): TrendPoint {
  const isLog = subject.metric === 'variance' && values.every(({ value }) => value > 0)
  const back = isLog ? Math.exp : (value: number) => value
  const { mean, low, high } = summarise(
    values.map(({ value }) => (isLog ? Math.log(value) : value)),
  )
  const own = alarms.filter(one => one.nightly_id === nightly.id).map(one => one.verdict)
  const n = values[0]!.n
  return {
    nightly: nightly.id,
    startedAt: nightly.started_at,
    commits: nightly.commits,
    reused: nightly.jobs_reused > 0 && nightly.jobs_reused === nightly.jobs,
    mean: back(mean),
    ...intervalOf(
      subject,
      low === null ? null : back(low),
      high === null ? null : back(high),
      values,
    ),
    n,
    seeds: values.map(({ seed, value }) => ({ seed, value })),
    alarm: own.includes('regression')
      ? 'regression'
      : own.includes('improvement')
        ? 'improvement'
        : null,
  }
}

/** Student's over seeds; of the accuracy of one seed, Wilson's over examples. */
function intervalOf(
  subject: TrendSubject,
  low: number | null,
  high: number | null,
  values: Values,
): Pick<TrendPoint, 'low' | 'high' | 'interval'> {
  if (low !== null && high !== null) return { low, high, interval: 'student' }
  const [{ value, n }] = values as [Values[number]]
  if (!isAccuracy(subject) || n === null) return { low: null, high: null, interval: null }
  return { ...wilson(Math.round(value * n), n), interval: 'wilson' }
}
