/**
 * Bundles the page into build/web/public. Compiled to build/web/bundle.js and run from there, so
 * the sources are two folders up, whatever the working directory.
 */
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const source = path('../../web/')
const target = path('./public/')

await rm(target, { recursive: true, force: true })
await mkdir(target, { recursive: true })
await build({
  entryPoints: [`${source}main.ts`, `${source}style.css`],
  outdir: target,
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  target: 'es2022',
  loader: { '.md': 'text' },
  logLevel: 'warning',
})
for (const file of ['index.html', 'favicon.svg']) {
  await copyFile(source + file, target + file)
}
