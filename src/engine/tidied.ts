import { tf } from './tf.ts'

/**
 * `tf.tidy` for any result: objects and arrays with tensors anywhere inside. All tensors made by
 * `f` are freed but those in its result, which belong to the caller.
 */
export function tidied<Result>(f: () => Result): Result {
  return tf.tidy(f as () => tf.TensorContainer) as Result
}
