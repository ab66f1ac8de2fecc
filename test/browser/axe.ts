import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Sets of axe-core's rules that every page has to keep. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']

/** Of them, those that colours decide. */
const contrast = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }

/**
 * Violations of accessibility rules on the page as it stands, one line for each element. Run by
 * the debugger and not by a script tag, which the page's content security policy would refuse.
 *
 * @param part of the rules: only those that another theme may break, where the rest is known
 */
export async function violations(page: Page, part: 'all' | 'contrast' = 'all'): Promise<string[]> {
  const runOnly = part === 'all' ? { type: 'tag', values: rules } : contrast
  await page.evaluate(source)
  return await page.evaluate(`
    axe.run(document, { runOnly: ${JSON.stringify(runOnly)} }).then(found =>
      found.violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target }) => id + ' (' + help + '): ' + target.join(' '))))`)
}
