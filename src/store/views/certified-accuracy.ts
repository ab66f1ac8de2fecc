import { type View, wilsonBound } from './view.ts'

/** One row of `v_certified_accuracy`. */
export interface CertifiedAccuracyView {
  readonly certification_id: string
  readonly dataset: string
  readonly architecture: string
  readonly arm: string
  readonly seed: number
  readonly sigma: number
  readonly radius: number
  readonly n: number
  readonly certified: number
  readonly certified_accuracy: number
  readonly certified_accuracy_low: number
  readonly certified_accuracy_high: number
  readonly abstained: number
  readonly selection: number
  readonly estimation: number
  readonly alpha: number
  readonly smoothing_seed: number
  readonly seconds: number
  readonly model_id: string
  readonly pair_id: string
}

/** `v_certified_accuracy`: what randomized smoothing certifies of each model within each radius. */
export const certifiedAccuracyView: View<CertifiedAccuracyView> = Object.freeze({
  name: 'v_certified_accuracy',
  description:
    'One row per certification and L2 radius, in steps of 0.25 to the first that no example reaches.',
  columns: Object.freeze({
    certification_id: 'id of the certification',
    dataset: 'name of the data set',
    architecture: 'architecture of the model',
    arm: 'how the model was trained: bp, bp-noise, lr-logit, lr-weight, lr-hybrid or es',
    seed: 'seed of the training',
    sigma: 'standard deviation of the smoothing noise, in units of the pixel range [0, 1]',
    radius: 'L2 radius, in units of the pixel range [0, 1]',
    n: 'number of test examples',
    certified: 'how many of them are classified correctly and certified within the radius',
    certified_accuracy: 'certified / n',
    certified_accuracy_low: 'lower bound of its Wilson 95 % interval',
    certified_accuracy_high: 'upper bound of its Wilson 95 % interval',
    abstained: 'how many of the n examples the smoothed model gives no class',
    selection: 'noisy copies of an example that chose its class',
    estimation: 'noisy copies that bounded the probability of this class',
    alpha: 'probability with which one certificate may be wrong',
    smoothing_seed: 'seed of the noise',
    seconds: 'duration of the certification, seconds',
    model_id: 'id of the model',
    pair_id: 'models that share it differ in the arm alone',
  }),
  // Five and a half σ are more than ten million copies can certify. The model is among what is
  // grouped by, so that only its certificates are read where one is asked for; the cross joins keep
  // SQLite from going through all positions for each of them.
  sql: `
    with recursive position as (
      select 0 as value union all select value + 1 from position where value < 2201
    ), counted as (
      select certification.id, certification.model_id, 0.25 * position.value as radius,
        sum(case when certificate.prediction = certificate.label
          and certificate.radius >= 0.25 * position.value then 1 else 0 end) as certified,
        sum(case when certificate.prediction is null then 1 else 0 end) as abstained
      from certification
      cross join position
      cross join certificate
      where 0.25 * position.value <= 5.5 * certification.sigma + 0.25
        and certificate.certification_id = certification.id
      group by certification.id, certification.model_id, position.value
      having 0.25 * position.value <= max(certificate.radius) + 0.25
    )
    select counted.id as certification_id, dataset.name as dataset, model.architecture, model.arm,
      model.seed, certification.sigma, counted.radius, certification.n, counted.certified,
      1.0 * counted.certified / certification.n as certified_accuracy,
      ${wilsonBound('low', 'counted.certified', 'certification.n')} as certified_accuracy_low,
      ${wilsonBound('high', 'counted.certified', 'certification.n')} as certified_accuracy_high,
      counted.abstained, certification.selection, certification.estimation, certification.alpha,
      certification.seed as smoothing_seed, certification.seconds, counted.model_id, model.pair_id
    from counted
    join certification on certification.id = counted.id
    join model on model.id = counted.model_id
    join dataset on dataset.id = model.dataset_id`,
})
