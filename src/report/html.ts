import { createHash } from 'node:crypto'
import { chartSvg, seriesStyle } from './chart.ts'
import type { Block, Chart } from './document.ts'
import { Markup, markup } from './markup.ts'
import { reportStyle } from './style.ts'

/**
 * A document as one HTML file that needs nothing else: no script, no network, and a policy that
 * forbids both.
 */
export function toHtml(blocks: readonly Block[], title: string): string {
  const charts = chartsIn(blocks)
  const colours = seriesStyle(charts)
  const style = reportStyle(colours)
  const hash = createHash('sha256').update(style).digest('base64')
  const body = blocks.map(block => blockHtml(block, charts))
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
${body}</main>
</body>
</html>
`.text
}

function chartsIn(blocks: readonly Block[]): Chart[] {
  return blocks.flatMap(block => (block.kind === 'chart' ? [block.chart] : []))
}

function blockHtml(block: Block, charts: readonly Chart[]): Markup {
  switch (block.kind) {
    case 'heading':
      return heading(block)
    case 'paragraph':
      return block.strong
        ? markup`<p class="finding">${block.text}</p>
`
        : markup`<p>${block.text}</p>
`
    case 'list':
      return markup`<ul>
${block.items.map(
  item => markup`<li>${item}</li>
`,
)}</ul>
`
    case 'code':
      return markup`<pre><code>${block.lines.join('\n')}</code></pre>
`
    case 'table':
      return table(block)
    case 'chart':
      return markup`<div class="chart-${charts.indexOf(block.chart)}">${chartSvg(block.chart)}</div>
`
    case 'details':
      return markup`<details><summary>${block.summary}</summary>
${block.blocks.map(one => blockHtml(one, charts))}</details>
`
  }
}

function heading({ level, text }: Extract<Block, { kind: 'heading' }>): Markup {
  if (level === 1)
    return markup`<h1>${text}</h1>
`
  if (level === 2)
    return markup`<h2>${text}</h2>
`
  return markup`<h3>${text}</h3>
`
}

function table({ caption, rows, bold }: Extract<Block, { kind: 'table' }>): Markup {
  const [head, ...body] = rows
  const column = bold === undefined ? -1 : head!.indexOf(bold)
  const cell = (row: readonly string[], text: string, at: number) => {
    if (at === 0) return markup`<th scope="row">${text}</th>`
    const shown = at === column || (column < 0 && row.includes(bold ?? '')) ? bolded(text) : text
    return isNumeric(text) ? markup`<td class="number">${shown}</td>` : markup`<td>${shown}</td>`
  }
  return markup`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${head!.map(text => markup`<th scope="col">${text}</th>`)}</tr></thead>
<tbody>
${body.map(
  row => markup`<tr>${row.map((text, at) => cell(row, text, at))}</tr>
`,
)}</tbody>
</table></div>
`
}

const bolded = (text: string) => markup`<strong>${text}</strong>`

/** Numbers, intervals, percentages and dashes for what is not there. */
const isNumeric = (text: string) => /^[[<≤]?\s*[+\-−]?[\d–]/u.test(text)
