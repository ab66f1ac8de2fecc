/** Compiled tests run in processes: the native addons do not like worker threads. */
export default {
  files: ['build/test/**/*.test.js', '!build/test/browser/**'],
  workerThreads: false,
  concurrency: 2,
  timeout: '5m',
  nodeArguments: ['--enable-source-maps'],
}
