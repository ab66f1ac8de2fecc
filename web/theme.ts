/** Colours that follow the system, or the switch if it was used. */

const KEY = 'gauntlet-theme'
export const themes = ['auto', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const dark = matchMedia('(prefers-color-scheme: dark)')
const paper = matchMedia('print')
const listeners = new Set<() => void>()

/** What the switch says; `auto` where it was never used. */
export function currentTheme(): Theme {
  const saved = localStorage.getItem(KEY)
  return themes.find(theme => theme === saved) ?? 'auto'
}

/** Whether the page is dark right now; on paper it never is. */
export function isDark(): boolean {
  if (paper.matches) return false
  const theme = currentTheme()
  return theme === 'auto' ? dark.matches : theme === 'dark'
}

/** Keeps the choice and recolours the page. */
export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
  apply()
}

/** Calls the listener whenever the colours change; the result ends that. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Applies the theme and follows the system from now on. */
export function startTheme(): void {
  for (const media of [dark, paper]) media.addEventListener('change', apply)
  apply()
}

function apply(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light'
  for (const listener of listeners) listener()
}
