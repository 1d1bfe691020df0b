import { useSyncExternalStore } from 'react'

export type ThemeChoice = 'system' | 'light' | 'dark'

const key = 'graft.theme'
const systemDark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(key)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    return 'system'
  }
}

let choice: ThemeChoice | undefined

/** What the person chose. */
export function getTheme(): ThemeChoice {
  return (choice ??= readChoice())
}

/** Whether the page is dark now, by choice or by the system. */
export function isDark(): boolean {
  return getTheme() === 'dark' || (getTheme() === 'system' && systemDark().matches)
}

export function setTheme(next: ThemeChoice): void {
  choice = next
  try {
    localStorage.setItem(key, next)
  } catch {
    // Storage is off: the choice lasts until the page is closed.
  }
  applyTheme()
}

/** Puts the theme on the page and follows the system's changes. Called once by main.tsx. */
export function startTheme(): void {
  systemDark().addEventListener('change', applyTheme)
  applyTheme()
}

export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDark)

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function applyTheme(): void {
  document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light'
  for (const listener of listeners) listener()
}
