import { h } from '../h.ts'
import { go } from '../navigation.ts'
import { withChanges } from '../url-state.ts'

/** What is being typed outlives a page that is drawn again because new results have come. */
let draft: { readonly of: string; text: string; start: number; end: number } | undefined

/** The statement of the address in a field; Ctrl and Enter, or the button, put it to the server. */
export function editor(sql: string): HTMLElement {
  if (draft?.of !== sql) draft = { of: sql, text: sql, start: 0, end: 0 }
  const own = draft
  const field = h('textarea', {
    id: 'sql',
    rows: Math.min(18, Math.max(6, own.text.split('\n').length + 1)),
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
    placeholder: 'select arm, count(*) as models from v_runs group by arm',
    'aria-describedby': 'query-limits',
    onkeydown: event => {
      const { key, ctrlKey, metaKey } = event as KeyboardEvent
      if (key !== 'Enter' || !(ctrlKey || metaKey)) return
      event.preventDefault()
      run()
    },
  })
  field.value = own.text
  field.setSelectionRange(own.start, own.end)
  for (const name of ['input', 'keyup', 'click']) {
    field.addEventListener(name, () => {
      own.text = field.value
      own.start = field.selectionStart
      own.end = field.selectionEnd
    })
  }
  const run = () => {
    const asked = field.value.trim()
    draft = { ...own, of: asked, text: field.value }
    if (asked === sql) go(location.pathname + location.search)
    else go(withChanges('/query', { sql: asked }))
  }
  return h(
    'form',
    {
      class: 'query-form',
      onsubmit: event => {
        event.preventDefault()
        run()
      },
    },
    h('label', { for: 'sql' }, 'SQL'),
    field,
    h(
      'div',
      { class: 'query-run' },
      h('button', { type: 'submit', class: 'button', id: 'run-query' }, 'Run'),
      h('span', { class: 'muted', 'aria-hidden': 'true' }, 'Ctrl + Enter'),
    ),
  )
}
