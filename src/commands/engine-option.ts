import { Option } from 'commander'

/** `--engine <name>`: which TensorFlow.js backend to compute on. */
export function engineOption(): Option {
  return new Option('--engine <name>', 'tensorflow, wasm or auto').default(
    process.env.GAUNTLET_ENGINE || 'auto',
    'GAUNTLET_ENGINE, else auto: tensorflow where it is built',
  )
}
