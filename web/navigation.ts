/** Moves between views without loading the page again; the address holds all view state. */

let render: () => Promise<void> | void = () => {}

/** Says what draws the view that the address names, and follows links and the back button. */
export function startNavigation(draw: () => Promise<void> | void): void {
  render = draw
  addEventListener('popstate', () => render())
  document.addEventListener('click', follow)
}

/** Goes to an address; a step for the back button. */
export function go(address: string): void {
  if (address !== location.pathname + location.search) history.pushState(null, '', address)
  render()
}

function follow(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.('a')
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey
  if (!link || !plain || event.altKey || event.defaultPrevented) return
  if (link.origin !== location.origin || link.hasAttribute('download') || link.target) return
  if (link.hash || link.pathname.startsWith('/api/')) return
  event.preventDefault()
  go(link.pathname + link.search)
}
