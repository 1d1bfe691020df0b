import type { ReactElement } from 'react'
import { IconButton } from './Button.js'
import { isDark, setTheme, useIsDark } from './theme.js'

/** Light or dark. The system's theme applies until one is chosen; the command of the same name also goes back to it. */
export function ThemeButton(): ReactElement {
  const dark = useIsDark()
  return (
    <IconButton
      icon={dark ? 'sun' : 'moon'}
      label={dark ? 'Light theme' : 'Dark theme'}
      onClick={() => setTheme(isDark() ? 'light' : 'dark')}
    />
  )
}
