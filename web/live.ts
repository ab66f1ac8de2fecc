/** Says something to people who hear the page; the same words twice are said twice. */
export function announce(message: string): void {
  const region = document.getElementById('live')!
  region.textContent = ''
  requestAnimationFrame(() => {
    region.textContent = message
  })
}
