import type { Block } from './document.ts'

/** A document as Markdown with tables, as GitHub and GitLab show it; charts are left to their tables. */
export function toMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(text).join('\n\n')}\n`
}

function text(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escaped(block.text)}`
    case 'paragraph':
      return block.strong ? `**${escaped(block.text)}**` : escaped(block.text)
    case 'list':
      return block.items.map(item => `- ${escaped(item)}`).join('\n')
    case 'code':
      return ['```sh', ...block.lines, '```'].join('\n')
    case 'table':
      return table(block)
    case 'chart':
      return `${escaped(block.chart.title)}: ${escaped(block.chart.finding)}.`
    case 'details':
      return [`#### ${escaped(block.summary)}`, ...block.blocks.map(text)].join('\n\n')
  }
}

function table({ caption, rows, bold }: Extract<Block, { kind: 'table' }>): string {
  const [head, ...body] = rows
  const column = bold === undefined ? -1 : head!.indexOf(bold)
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const shown = body.map(row =>
    row.map((cell, at) => {
      const strong = at > 0 && (at === column || (column < 0 && row.includes(bold ?? '')))
      return strong ? `**${escaped(cell)}**` : escaped(cell)
    }),
  )
  return [
    `${escaped(caption)}:\n`,
    line(head!.map(escaped)),
    line(head!.map(() => '---')),
    ...shown.map(line),
  ].join('\n')
}

/** Text that means itself: no HTML, no emphasis, links, images, code, cells or lines of its own. */
function escaped(plain: string): string {
  return plain
    .replaceAll(/\s+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_|~]/gu, '\\$&')
    .replaceAll('](', ']\\(')
}
