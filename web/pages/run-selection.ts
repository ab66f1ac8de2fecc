import { MOST_RUNS } from '../../server/schemas/compare.ts'
import type { Run } from '../../server/schemas/runs.ts'
import { h } from '../h.ts'
import { announce } from '../live.ts'
import { armName } from '../names.ts'
import type { TableColumn } from '../table.ts'
import { withChanges } from '../url-state.ts'

/** The runs that the address names as ticked, whatever page or filter they were ticked on. */
export function ticked(params: URLSearchParams): string[] {
  return (params.get('ticked') ?? '').split(',').filter(Boolean)
}

/** A column of boxes, and the bar that says what is ticked and leads to the comparison. */
export function runSelection(params: URLSearchParams) {
  const chosen = new Set(ticked(params))
  const bar = h('div', {
    class: 'card selection',
    role: 'group',
    'aria-label': 'Compare the ticked runs',
  })
  const boxes = new Set<HTMLInputElement>()
  const update = () => {
    bar.hidden = chosen.size === 0
    bar.replaceChildren(...barContent([...chosen], clear))
    for (const box of boxes) box.disabled = !box.checked && chosen.size >= MOST_RUNS
    const runs = [...chosen].join(',') || undefined
    history.replaceState(
      null,
      '',
      withChanges(location.pathname + location.search, { ticked: runs }),
    )
    keepInLinks(runs)
  }
  const clear = () => {
    const [first] = boxes
    chosen.clear()
    for (const box of boxes) box.checked = false
    update()
    first?.focus()
    announce('No run is ticked')
  }
  const box = (run: Run) => {
    const input = h('input', {
      type: 'checkbox',
      id: `tick-${run.id}`,
      'aria-label': `Compare ${run.id.slice(0, 8)}: ${armName(run.arm)}, ${run.dataset} / ${run.architecture}, seed ${run.seed}`,
      checked: chosen.has(run.id),
      disabled: !chosen.has(run.id) && chosen.size >= MOST_RUNS,
      onchange: () => {
        if (input.checked) chosen.add(run.id)
        else chosen.delete(run.id)
        update()
        announce(`${chosen.size} of at most ${MOST_RUNS} ticked`)
      },
    })
    boxes.add(input)
    return input
  }
  const column: TableColumn<Run> = { header: 'Tick', value: run => run.id, element: box }
  bar.hidden = chosen.size === 0
  bar.append(...barContent([...chosen], clear))
  return { column, bar }
}

function barContent(ids: readonly string[], clear: () => void): HTMLElement[] {
  const ready = ids.length > 1
  return [
    h(
      'p',
      {},
      ready
        ? `${ids.length} runs ticked (at most ${MOST_RUNS}).`
        : 'One run ticked; a comparison needs two.',
    ),
    h('button', { type: 'button', class: 'quiet', id: 'untick', onclick: clear }, 'Untick all'),
    ...(ready
      ? [
          h(
            'a',
            { class: 'button', id: 'compare', href: `/compare?runs=${ids.join(',')}` },
            'Compare',
          ),
        ]
      : []),
  ]
}

/** Links that sort, filter or turn the page keep what is ticked. */
function keepInLinks(runs: string | undefined): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('main a[href^="/runs?"]')) {
    link.href = withChanges(link.getAttribute('href')!, { ticked: runs })
  }
}
