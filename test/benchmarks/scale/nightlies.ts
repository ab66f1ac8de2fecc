import { enqueue, type NewJob } from '../../../src/store/jobs.ts'
import { endNightly, startNightly } from '../../../src/store/results.ts'
import type { Store } from '../../../src/store/store.ts'
import type { Attacked } from './evaluations.ts'
import type { Measured } from './measurements.ts'
import type { Trained } from './models.ts'
import { hash } from './names.ts'
import { subjects } from './world.ts'

/** Nights on which the plan of each data set ran at most, each with more seeds than the one before. */
const mostNights = 4

/** Writes every job, and the executions of plans that asked for them. */
export async function saveNightlies(
  store: Store,
  models: readonly Trained[],
  attacked: readonly Attacked[],
  measured: readonly Measured[],
): Promise<number> {
  const jobs = [
    ...models.map(model => ({ model, job: trainJob(model) })),
    ...attacked.map(one => ({ model: one.victim, job: attackJob(one) })),
    ...measured.map(one => ({ model: one.model, job: measureJob(one) })),
  ]
  const seeds = Math.max(...models.map(model => model.seed)) + 1
  const nights = Math.min(mostNights, seeds)
  for (let night = 0; night < nights; night++) {
    const known = Math.ceil((seeds * (night + 1)) / nights)
    for (const [at, subject] of subjects.entries()) {
      const asked = jobs
        .filter(({ model }) => model.subject === subject && model.seed < known)
        .map(({ job }) => job)
      if (asked.length === 0) continue
      const id = hash('nightly', subject.name, night)
      const started = Date.UTC(2026, 9, 1 + night, at)
      await startNightly(store, {
        id,
        plan: `robustness-${subject.name}`,
        plan_config: JSON.stringify({ name: `robustness-${subject.name}`, seeds: known }),
        started_at: new Date(started).toISOString(),
      })
      await enqueue(store, id, asked)
      await finishJobs(store, started)
      await endNightly(store, id, 'done', new Date(started + 3_000_000).toISOString())
    }
  }
  return jobs.length
}

/** Everything that waits becomes done at once. */
async function finishJobs(store: Store, started: number): Promise<void> {
  await store
    .updateTable('job')
    .set({
      state: 'done',
      worker: 'a worker',
      attempts: 1,
      started_at: new Date(started).toISOString(),
      ended_at: new Date(started + 60_000).toISOString(),
      seconds: 60,
    })
    .where('state', '=', 'waiting')
    .execute()
}

function trainJob(model: Trained): NewJob {
  const { id, subject, architecture, arm, seed } = model
  const config = { data: { name: subject.name }, architecture, arm, seed }
  const title = `train ${titleOf(model)}`
  return { id, kind: 'train', config, title, cost: 30, needs: [] }
}

function attackJob({ id, victim, source, strike }: Attacked): NewJob {
  const { attack, norm, epsilon } = strike
  const config = { attack: { name: attack, norm }, epsilon, model: victim.id, craftedOn: source.id }
  const needs = [...new Set([victim.id, source.id])].filter(
    need => need === victim.id || source.subject === victim.subject,
  )
  const title = `${attack} ${norm} ${epsilon} ${titleOf(victim)}`
  return { id, kind: 'attack', config, title, cost: 1, needs }
}

function measureJob({ id, kind, model }: Measured): NewJob {
  const title = `${kind} ${titleOf(model)}`
  return { id, kind, config: { model: model.id, kind }, title, cost: 5, needs: [model.id] }
}

function titleOf({ subject, architecture, arm, seed }: Trained): string {
  return `${subject.name} ${architecture} ${arm} seed ${seed}`
}
