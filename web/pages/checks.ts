import { marked } from 'marked'
import text from '../../docs/checks.md'
import { h } from '../h.ts'
import type { Page } from './page.ts'

/** `/checks`: what each robustness check asks; a section's anchor is the check's name. */
export async function checks(): Promise<Page> {
  const article = h('article', { class: 'prose' })
  article.innerHTML = await marked.parse(text)
  for (const heading of article.querySelectorAll('h2, h3')) {
    heading.id = heading.textContent.trim().replaceAll(' ', '-').toLowerCase()
  }
  for (const table of article.querySelectorAll('table')) {
    const label = 'How often honest models were called real, undecided and masked'
    const scroll = { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': label }
    const frame = h('div', scroll)
    table.replaceWith(frame)
    frame.append(table)
  }
  return { title: 'Robustness checks', content: [article] }
}
