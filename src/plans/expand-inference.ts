import { queriesOf } from '../../attacks/approach.ts'
import { UsageError } from '../errors.ts'
import type { InferenceNoise } from '../evaluation/randomised-victim.ts'
import { isImageAttack } from './any-attack.ts'
import { attackTitle } from './attack-title.ts'
import { callsCost } from './cost.ts'
import { inferenceNoise, noiseTitle, requireSigmas } from './inference.ts'
import type { AttackConfig } from './job-config.ts'
import { type Add, approachTo, cleanConfig, type ModelJob } from './model-job.ts'
import type { Plan } from './plan.ts'

/**
 * The evaluations of models that keep noise at inference, without attack and under it. Models that
 * were trained without the noise that is asked for are left out. Their examples are judged on no
 * other model.
 *
 * @throws UsageError where no model of the plan has that noise
 */
export function addRandomised(plan: Plan, models: readonly ModelJob[], add: Add): void {
  plan.attacks.forEach((entry, at) => {
    const { inference } = entry
    if (!inference) return
    const victims = models.flatMap(model => {
      const noise = model.dataset.kind === 'images' && inferenceNoise(inference, model.config)
      return noise ? [{ model, noise }] : []
    })
    if (victims.length === 0) {
      throw new UsageError(
        `invalid plan: attacks.${at}.inference.noise: no model on images was trained with noise ` +
          'on its pre-activations',
      )
    }
    for (const { model, noise } of victims) addVictim(plan, entry, model, noise, add)
  })
}

function addVictim(
  plan: Plan,
  { attack, epsilons, inference, surrogates }: Plan['attacks'][number],
  model: ModelJob,
  noise: InferenceNoise,
  add: Add,
): void {
  if (!isImageAttack(attack) || !inference) return
  requireSigmas(noise, model.network.sites)
  const { draws, eot } = inference
  const clean: AttackConfig = {
    ...cleanConfig(plan, model.id, plan.examples),
    inference: { noise, draws },
  }
  const rest = (name: string, calls: number) => ({
    title: `${name} ${noiseTitle(noise)} ${model.title}`,
    cost: callsCost(model.network, plan.examples, draws, calls),
    needs: [model.id],
  })
  add('attack', clean, rest('clean', 0))
  const approach = { ...approachTo(model.config.architecture, attack, surrogates), eot }
  for (const epsilon of epsilons) {
    const config: AttackConfig = { ...clean, attack, epsilon, ...approach }
    add('attack', config, rest(attackTitle(attack, epsilon), queriesOf(attack, approach)))
  }
}
