import type { ImageShape } from '../../models/input.ts'
import { UsageError } from '../errors.ts'
import type { ImageModel } from '../plans/image-job.ts'
import { testImages } from '../store/queries/natural.ts'
import type { TrainedModel } from '../store/queries/trained-model.ts'
import type { Store } from '../store/store.ts'

/** A rough second for so many passes of one image. */
const passesPerSecond = 5000

/**
 * A stored model as one on images.
 *
 * @param n test examples that it is asked for
 * @throws UsageError if its training diverged, its data are no images, or there are not as many
 */
export async function imageModel(
  store: Store,
  { id, state }: TrainedModel,
  n: number,
): Promise<ImageModel> {
  if (state === 'diverged') throw new UsageError(`invalid run: ${id} diverged, it has no weights`)
  const { name, shape, test } = await testImages(store, id)
  const lengths: readonly number[] = JSON.parse(shape)
  if (lengths.length !== 3) throw new UsageError(`invalid run: ${id}, ${name} holds no images`)
  if (n > test) throw new UsageError(`invalid option: --n ${n}, ${name} has ${test} test examples`)
  return {
    id,
    title: id,
    dataset: name,
    shape: lengths as unknown as ImageShape,
    test,
    forward: images => images / passesPerSecond,
  }
}
