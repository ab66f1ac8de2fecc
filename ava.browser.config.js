/** End-to-end tests that need a Chromium; see test/browser. */
export default {
  files: ['build/test/browser/**/*.test.js'],
  workerThreads: false,
  concurrency: 2,
  timeout: '5m',
  nodeArguments: ['--enable-source-maps'],
}
