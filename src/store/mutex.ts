/** Lets one holder in at a time, first come, first served. */
export class Mutex {
  #tail: Promise<void> = Promise.resolve()
  #release: () => void = () => {}

  /** Resolves once everybody who asked earlier has unlocked. */
  async lock(): Promise<void> {
    const previous = this.#tail
    const { promise, resolve } = withResolvers()
    this.#tail = promise
    await previous
    this.#release = resolve
  }

  /** Lets the next one in; to be called by the holder alone. */
  unlock(): void {
    this.#release()
  }
}

/** Promise.withResolvers, which Node 20 does not have. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}
