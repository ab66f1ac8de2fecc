import type { Network } from '../../models/network.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { UsageError } from '../errors.ts'
import type { NewJob } from '../store/jobs.ts'
import { newCorruptJob } from './corruptions.ts'
import { attackCost } from './cost.ts'
import type { ImageModel } from './image-job.ts'
import type { Plan } from './plan.ts'
import { newCertifyJob } from './smoothing.ts'

/**
 * The jobs that judge a plan's model on corrupted images and certify it; none where the plan does
 * not ask for them.
 *
 * @throws UsageError for more examples than there are, or a corruption that the images cannot have
 */
export function naturalJobs(
  { corruptions, smoothing, examples }: Plan,
  {
    id,
    title,
    network,
  }: { readonly id: string; readonly title: string; readonly network: Network },
  dataset: ImageDataset,
): NewJob[] {
  const model: ImageModel = {
    id,
    title,
    dataset: dataset.name,
    shape: dataset.shape,
    test: dataset.test.count,
    // To judge is two passes.
    forward: images => attackCost(network, null, images) / 2,
  }
  const jobs: NewJob[] = []
  const n = {
    corruptions: corruptions ? (corruptions.examples ?? examples) : 0,
    smoothing: smoothing ? (smoothing.examples ?? examples) : 0,
  }
  for (const [field, wanted] of Object.entries(n)) requireTest(model, `${field}.examples`, wanted)
  if (corruptions && n.corruptions > 0) {
    jobs.push(newCorruptJob(model, corruptions, n.corruptions, [id]))
  }
  if (smoothing && n.smoothing > 0) jobs.push(newCertifyJob(model, smoothing, n.smoothing, [id]))
  return jobs
}

function requireTest({ dataset, test }: ImageModel, field: string, wanted: number): void {
  if (wanted <= test) return
  throw new UsageError(
    `invalid plan: ${field} is ${wanted}, but ${dataset} is used with ${test} test examples`,
  )
}
