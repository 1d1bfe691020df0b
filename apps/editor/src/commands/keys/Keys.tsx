import type { ReactElement } from 'react'
import { isMacHere, keysOf } from './shortcuts.js'
import type { Shortcut } from './shortcuts.js'

/** A shortcut as keys. */
export function Keys({ shortcut }: { readonly shortcut: Shortcut }): ReactElement {
  return (
    <span className="keys">
      {keysOf(shortcut, isMacHere()).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  )
}
