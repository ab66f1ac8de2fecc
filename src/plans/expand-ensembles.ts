import { followsGradients, queriesOf } from '../../attacks/approach.ts'
import { isImageAttack } from './any-attack.ts'
import { attackTitle } from './attack-title.ts'
import { callsCost } from './cost.ts'
import type { AttackConfig, EnsembleConfig } from './job-config.ts'
import { type Add, cleanConfig, type ModelJob } from './model-job.ts'
import type { Plan } from './plan.ts'

/** Models that are attacked together, and the models that are judged on what comes of it. */
interface Source {
  readonly members: readonly ModelJob[]
  readonly targets: readonly ModelJob[]
}

/**
 * The ensembles of sources that a plan asks for, the plan's gradient attacks on them, and every
 * target's judgement of the examples. Targets of the same sources share their ensemble.
 */
export function addEnsembles(plan: Plan, models: readonly ModelJob[], add: Add): void {
  for (const source of sourcesOf(plan, models)) {
    const id = add('ensemble', ensembleConfig(source.members), {
      title: `ensemble ${titleOf(source)}`,
      cost: costOf(source, testCount(source), 0),
      needs: source.members.map(member => member.id),
    })
    addAttacks(plan, source, id, add)
  }
}

function addAttacks(plan: Plan, source: Source, ensemble: string, add: Add): void {
  const clean = cleanConfig(plan, ensemble, plan.examples)
  for (const { attack, epsilons, inference } of plan.attacks) {
    if (!isImageAttack(attack) || inference || !followsGradients(attack)) continue
    for (const epsilon of epsilons) {
      const config: AttackConfig = { ...clean, attack, epsilon }
      const name = `${attackTitle(attack, epsilon)} ensemble ${titleOf(source)}`
      const crafting = add('attack', config, {
        title: name,
        cost: costOf(source, plan.examples, queriesOf(attack, {})),
        needs: [ensemble],
      })
      for (const target of source.targets) {
        const transfer: AttackConfig = { ...config, model: target.id, craftedBy: crafting }
        add('attack', transfer, {
          title: `${name} → ${target.config.architecture.name} ${target.config.estimator.name}`,
          cost: callsCost(target.network, plan.examples, 1, 0),
          needs: [crafting, target.id],
        })
      }
    }
  }
}

/** Each ensemble of two or more members once. */
function sourcesOf({ ensembles }: Plan, models: readonly ModelJob[]): Source[] {
  if (ensembles === 'none') return []
  const sources = new Map<string, { members: ModelJob[]; targets: ModelJob[] }>()
  const images = models.filter(({ dataset }) => dataset.kind === 'images')
  for (const target of images) {
    const members = images.filter(({ config }) => {
      const { data, estimator, seed } = target.config
      const sameSeed = config.seed === seed
      return (
        config.data.sha256 === data.sha256 &&
        config.estimator.name !== estimator.name &&
        (ensembles === 'arms' ? sameSeed : !sameSeed)
      )
    })
    if (members.length < 2) continue
    const key = members.map(({ id }) => id).join()
    const known = sources.get(key)
    if (known) known.targets.push(target)
    else sources.set(key, { members, targets: [target] })
  }
  return [...sources.values()]
}

function ensembleConfig(members: readonly ModelJob[]): EnsembleConfig {
  return {
    version: 1,
    data: members[0]!.config.data,
    members: members.map(({ id }) => id).sort(),
    fusion: 'logits',
  }
}

/** e.g. `glyphs of 4 bp, lr-logit seed 0` */
function titleOf({ members }: Source): string {
  const distinct = (values: readonly (string | number)[]) => [...new Set(values)].join(', ')
  const arms = distinct(members.map(({ config }) => config.estimator.name))
  const seeds = distinct(members.map(({ config }) => config.seed))
  return `${members[0]!.config.data.name} of ${members.length} ${arms} seed ${seeds}`
}

const testCount = ({ members }: Source) => members[0]!.config.data.test

function costOf({ members }: Source, examples: number, calls: number): number {
  return members.reduce((sum, { network }) => sum + callsCost(network, examples, 1, calls), 0)
}
