import { stream } from '../../../src/random/stream.ts'
import { type NewExample, saveEvaluation } from '../../../src/store/results.ts'
import type { Store } from '../../../src/store/store.ts'
import { environmentId, type Trained } from './models.ts'
import { hash, timeAt } from './names.ts'
import { arms, fragility, type Strike, type Subject, transferred } from './world.ts'

/** One attack, or none, on one model with the examples of one model. */
export interface Attacked {
  readonly id: string
  readonly victim: Trained
  readonly source: Trained
  readonly strike: Strike
  readonly purpose: 'comparison' | 'check'
}

const none: Omit<Strike, 'norm'> = { attack: 'none', epsilon: 0, force: 0, queries: 0 }

/**
 * What every trained model meets: nothing, each attack of its subject, once for a check, and the
 * transferred attack from the next arm of its pair and from the next network of its data set.
 */
export function attacks(models: readonly Trained[]): Attacked[] {
  const byName = new Map(models.map(model => [nameOf(model), model]))
  return models
    .filter(({ diverged, subject }) => !diverged && subject.strikes.length > 0)
    .flatMap(victim => {
      const { strikes } = victim.subject
      const [first] = strikes
      const others = sourcesOf(victim)
        .map(name => byName.get(name))
        .filter(source => source !== undefined && !source.diverged)
      return [
        attacked(victim, victim, { ...none, norm: first!.norm }),
        ...strikes.map(strike => attacked(victim, victim, strike)),
        attacked(victim, victim, { ...first!, queries: 7 }, 'check'),
        ...strikes
          .filter(({ attack }) => transferred.has(attack))
          .flatMap(strike => others.map(source => attacked(victim, source!, strike))),
      ]
    })
}

function nameOf(model: Pick<Trained, 'subject' | 'architecture' | 'arm' | 'seed'>): string {
  return [model.subject.name, model.architecture, model.arm, model.seed].join(' ')
}

function sourcesOf({ subject, architecture, arm, seed }: Trained): string[] {
  const { architectures } = subject
  const next = <T>(list: readonly T[], one: T) => list[(list.indexOf(one) + 1) % list.length]!
  return [
    nameOf({ subject, architecture, arm: next(arms, arm), seed }),
    nameOf({ subject, architecture: next(architectures, architecture), arm, seed }),
  ]
}

function attacked(
  victim: Trained,
  source: Trained,
  strike: Strike,
  purpose: Attacked['purpose'] = 'comparison',
): Attacked {
  const { attack, norm, epsilon } = strike
  const id = hash('attack', victim.id, source.id, attack, norm, epsilon, purpose)
  return { id, victim, source, strike, purpose }
}

/** Writes an evaluation of n examples; the same model errs on the same examples without attack. */
export async function saveAttacked(
  store: Store,
  { id, victim, source, strike, purpose }: Attacked,
  n: number,
  seed: number,
  at: number,
): Promise<void> {
  const { attack, norm, epsilon, queries } = strike
  const examples = outcomes({ id, victim, source, strike, purpose }, n, seed)
  const right = examples.filter(row => row.clean_prediction === row.label)
  await saveEvaluation(
    store,
    {
      ...{ id, model_id: victim.id, crafted_on: source.id, attack, norm, epsilon, purpose },
      attack_config: JSON.stringify({ name: attack, norm, queries }),
      seed: 0,
      n,
      clean_correct: right.length,
      robust_correct: right.filter(row => row.success === 0).length,
      queries_mean: queries,
      seconds: 0.001 * n * (1 + queries),
      environment_id: environmentId,
      created_at: timeAt(10_000 + at),
    },
    examples,
  )
}

function outcomes({ id, victim, source, strike }: Attacked, n: number, seed: number): NewExample[] {
  const { subject, arm, accuracy } = victim
  const draw = (...path: readonly string[]) => stream(seed, ...path).uniforms(new Float32Array(n))
  const labels = draw('label', subject.name)
  const hardness = draw('hardness', subject.name, victim.architecture)
  const own = draw('own', victim.id)
  const luck = draw('luck', id)
  const reach = strike.force * fragility[arm] * (source === victim ? 1 : 0.3)
  return Array.from({ length: n }, (_, example) => {
    const label = Math.floor(labels[example]! * subject.classes)
    const other = (label + 1) % subject.classes
    const difficulty = 0.8 * hardness[example]! + 0.2 * own[example]!
    const right = difficulty < accuracy
    const broken = right && 0.7 * difficulty + 0.3 * luck[example]! > accuracy * (1 - reach)
    return {
      example,
      label,
      clean_prediction: right ? label : other,
      adversarial_prediction: right && !broken ? label : other,
      success: Number(broken),
      queries: strike.queries,
      ...changes(subject, strike, luck[example]!),
    }
  })
}

type Changes = Pick<NewExample, 'linf' | 'l2' | 'l1' | 'words' | 'changed_words' | 'changed_edges'>

function changes(subject: Subject, { norm, epsilon }: Strike, luck: number): Changes {
  if (subject.kind === 'text') {
    const words = 5 + Math.floor(15 * luck)
    return { linf: null, l2: null, words, changed_words: Math.floor(epsilon * words) }
  }
  if (subject.kind === 'graph') {
    return { linf: null, l2: null, changed_edges: Math.round(5278 * epsilon) }
  }
  const [height = 1, width = 1, channels = 1] = subject.shape
  const pixels = height * width * channels
  const linf = norm === 'linf' ? epsilon : epsilon / 8
  const l2 = norm === 'l2' ? epsilon : epsilon * Math.sqrt(pixels) * (0.6 + 0.2 * luck)
  return { linf, l2, l1: l2 * Math.sqrt(pixels) * 0.7 }
}
