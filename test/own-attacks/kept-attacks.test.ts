import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { WorkError } from '../../src/errors.ts'
import { bundle } from '../../src/own-attacks/bundle.ts'
import { knowKept } from '../../src/own-attacks/kept-attacks.ts'
import { resultsFolder } from '../../src/runner/results-folder.ts'
import { temporaryFolder } from '../runner/command.ts'

const example = fileURLToPath(new URL('../../../docs/examples/fast-sign.ts', import.meta.url))

test('equal files are the same code wherever they lie; types and comments do not count', async t => {
  const { code, sha256 } = await bundle(example)
  t.notRegex(code, /import|FGSM/)
  const folder = await temporaryFolder(t)
  const copy = join(folder, 'fast-sign.ts')
  await writeFile(copy, await readFile(example))
  await writeFile(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "target": "es5" } }')
  t.is((await bundle(copy)).sha256, sha256)
})

test('kept code that is missing or was changed is refused', async t => {
  const results = resultsFolder(await temporaryFolder(t))
  const { code, sha256 } = await bundle(example)
  const attack = { name: 'fast-sign', norm: 'linf', steps: 1, sha256 }
  const file = results.attack(sha256)
  const refused = (message: RegExp) =>
    t.throwsAsync(knowKept(results, attack), { instanceOf: WorkError, message })
  await refused(/missing attack: fast-sign: \S+\.mjs \(run the command with --attacks again\)/)
  await mkdir(dirname(file))
  await writeFile(file, `${code}\nglobalThis.changed = true`)
  await refused(/invalid attack: not as it was kept: fast-sign: \S+\.mjs/)
  t.false('changed' in globalThis, 'nothing of it was run')
  await writeFile(file, code)
  await t.notThrowsAsync(knowKept(results, attack))
})
