import { z } from 'zod'
import { normSchema } from '../../attacks/attack.ts'
import type { AttackOptions } from '../../attacks/create-attack.ts'
import type { Capability } from '../../attacks/victim.ts'
import { type Aim, aimsOf, battery } from '../evaluation/checks/battery.ts'
import { checkPresets, checkSettingsSchema } from '../evaluation/checks/settings.ts'
import type { NewJob } from '../store/jobs.ts'
import { normOf } from './any-attack.ts'
import { identifierOf } from './identifier.ts'
import type { AttackConfig, CheckConfig } from './job-config.ts'

/** Which robustness is checked, and how thoroughly. */
export const checkRequestSchema = z
  .strictObject({
    norm: normSchema,
    epsilons: z.array(z.number().positive()).min(1),
    /** First test examples; at most those that the plan attacks. */
    examples: z.int().min(1).default(100),
    seed: z.int().default(0),
    /** How much is measured; `settings` change single numbers of it. */
    preset: z.enum(['quick', 'thorough']).default('quick'),
    settings: checkSettingsSchema.partial().default({}),
  })
  .transform(({ preset, settings, ...request }) => ({
    ...request,
    settings: checkSettingsSchema.parse({ ...checkPresets[preset], ...settings }),
  }))

/** What is checked, with the settings filled in. */
export type CheckRequest = z.output<typeof checkRequestSchema>

/** A model that is checked or compared with. */
export interface CheckedModel {
  readonly id: string
  readonly title: string
  readonly inputShape: readonly number[]
  readonly capabilities: readonly Capability[]
  /** Expected seconds of an attack, or of judging when there is none. */
  cost(attack: AttackOptions | null, examples: number): number
  /** What of the model must be done first; nothing for one that is stored. */
  readonly needs: readonly string[]
}

/** What surrounds the checks of one model. */
export interface CheckContext {
  /** Models of the same data that examples are transferred from. */
  readonly sources: readonly CheckedModel[]
  /** Models trained alike, to compare with: other arms and seeds. */
  readonly matched: readonly CheckedModel[]
  /** Evaluations that are there or asked for anyway, which are then not made again. */
  readonly known: (id: string) => boolean
  /** Evaluations that the model's robust accuracy is told from. */
  headline(norm: string, epsilon: number): readonly string[]
}

/** Smallest cost of looking at findings, which is mostly that of attacks on a few examples. */
const direct = 5

/**
 * The jobs that check a model: the evaluations that the predicates compare, on it and on what it is
 * compared with, and at every radius one job that looks at them.
 */
export function checkJobs(
  model: CheckedModel,
  { sources, matched, known, headline }: CheckContext,
  request: CheckRequest,
): NewJob[] {
  const jobs = new Map<string, NewJob>()
  const ask = (on: CheckedModel, aim: Aim | null, from?: CheckedModel): string => {
    const job = evaluationJob(on, aim, from, request, known)
    if (from && aim) ask(from, aim)
    jobs.set(job.id, job)
    return job.id
  }
  for (const epsilon of request.epsilons) {
    const { settings } = request
    const attacked = { norm: request.norm, epsilon, victim: model }
    const { reference } = aimsOf(attacked, settings)
    const differentiable = (one: CheckedModel) => one.capabilities.includes('lossGradient')
    const config: CheckConfig = {
      version: 1,
      model: model.id,
      norm: request.norm,
      epsilon,
      examples: request.examples,
      seed: request.seed,
      settings,
      evaluations: [
        ask(model, null),
        ...battery(attacked, settings).map(aim => ask(model, aim)),
        ...sources.filter(differentiable).map(source => ask(model, reference, source)),
      ],
      headline: headline(request.norm, epsilon),
      matched: matched.map(other => ({
        model: other.id,
        evaluations: [ask(other, null), ...(differentiable(other) ? [ask(other, reference)] : [])],
      })),
    }
    const used = [
      ...config.evaluations,
      ...config.headline,
      ...config.matched.flatMap(({ evaluations }) => evaluations),
    ]
    const id = identifierOf({ kind: 'check', config })
    jobs.set(id, {
      id,
      kind: 'check',
      config: { ...config },
      title: `check ${request.norm} ${epsilon} ${model.title}`,
      cost: direct + model.cost(reference.attack, settings.examples * directAttacks),
      needs: [...new Set([...model.needs, ...used])],
    })
  }
  return [...jobs.values()]
}

/** So many attacks like the reference does the job that looks at the findings run itself. */
const directAttacks = 20

function evaluationJob(
  on: CheckedModel,
  aim: Aim | null,
  from: CheckedModel | undefined,
  { examples, seed }: CheckRequest,
  known: CheckContext['known'],
): NewJob {
  const config = (source: CheckedModel, craftedBy: string | null): AttackConfig => ({
    version: 2,
    model: craftedBy ? on.id : source.id,
    craftedOn: source.id,
    craftedBy,
    attack: aim?.attack ?? null,
    epsilon: aim?.epsilon ?? 0,
    examples,
    seed,
  })
  const crafted = named(config(from ?? on, null), known)
  const own = from ? named(config(from, crafted.id), known) : crafted
  const what = aim ? `${aim.attack.name} ${normOf(aim.attack)} ${aim.epsilon}` : 'clean'
  return {
    id: own.id,
    kind: 'attack',
    config: { ...own.config },
    title: from ? `${what} ${from.title} → ${on.title}` : `${what} ${on.title}`,
    cost: on.cost(from ? null : (aim?.attack ?? null), examples),
    needs: [...on.needs, ...(from ? [...from.needs, crafted.id] : [])],
  }
}

/** An evaluation that nothing else asks for says that it is made for the checks. */
function named(
  config: AttackConfig,
  known: CheckContext['known'],
): { readonly id: string; readonly config: AttackConfig } {
  const id = identifierOf({ kind: 'attack', config })
  if (known(id)) return { id, config }
  const checking: AttackConfig = { ...config, purpose: 'check' }
  return { id: identifierOf({ kind: 'attack', config: checking }), config: checking }
}
