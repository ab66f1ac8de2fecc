import type { Store } from '../store.ts'

/** The learning curves of these models, model by model in the order of training. */
export function learningCurves(store: Store, models: readonly string[]) {
  return store
    .selectFrom('learning_curve')
    .where('model_id', 'in', [...models])
    .orderBy('model_id')
    .orderBy('updates')
    .select(['model_id', 'updates', 'forwards', 'seconds', 'train_loss', 'test_accuracy'])
    .execute()
}

/** One row of `learningCurves`. */
export type LearningCurveRow = Awaited<ReturnType<typeof learningCurves>>[number]
