/**
 * Compiled tests run in processes: the native addons do not like worker threads. Three at a time keep
 * two cores busy, since many wait for commands that they start.
 */
export default {
  files: ['build/test/**/*.test.js', '!build/test/browser/**'],
  workerThreads: false,
  concurrency: 3,
  timeout: '5m',
  nodeArguments: ['--enable-source-maps'],
}
