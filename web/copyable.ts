import { h } from './h.ts'
import { announce } from './live.ts'

/**
 * A command to copy. Where the page may not write to the clipboard, because it is not served from
 * this machine or was not allowed to, the command is marked, to be copied by hand.
 */
export function copyable(label: string, command: string): HTMLElement {
  const code = h('code', { tabindex: -1 }, command)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command)
      announce('Command copied')
    } catch {
      getSelection()?.selectAllChildren(code)
      announce('Command marked; copy it with Ctrl-C')
    }
  }
  return h(
    'div',
    { class: 'card command' },
    h('span', {}, label),
    code,
    h('button', { type: 'button', class: 'button', onclick: copy }, 'Copy'),
  )
}
