import { readFile } from 'node:fs/promises'

/**
 * The folder of the package. This module runs from build/src/runner, and from build/bundle/node,
 * where `bundle-command.ts` puts it: three folders below either way.
 */
export const projectFolder = new URL('../../../', import.meta.url)

/** The bundled `gauntlet` command. */
export const commandFile = new URL('build/bundle/node/main.js', projectFolder)

/** The version in package.json. */
export async function gauntletVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(new URL('package.json', projectFolder), 'utf8'))
  return manifest.version
}
