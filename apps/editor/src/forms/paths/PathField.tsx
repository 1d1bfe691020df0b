import { useState } from 'react'
import type { ReactElement } from 'react'
import { Button } from '../../ui/Button.js'

/** Where the dialogue is; another path can be typed, `~` being the home folder. */
export function PathField({
  path,
  onGo,
}: {
  readonly path: string | null
  readonly onGo: (path: string) => void
}): ReactElement {
  // Null: nothing was typed since. A path that arrives late does not replace what is being typed.
  const [typed, setTyped] = useState<string | null>(null)
  const go = (): void => {
    const text = typed?.trim() ?? ''
    setTyped(null)
    if (text !== '' && text !== path) onGo(text)
  }
  return (
    <form
      className="folder-path"
      onSubmit={(event) => {
        event.preventDefault()
        go()
      }}
    >
      <input
        className="input"
        aria-label="Path"
        dir="ltr"
        spellCheck={false}
        autoComplete="off"
        value={typed ?? path ?? ''}
        onChange={(event) => setTyped(event.target.value)}
        // So that “Use this folder” means the one that was just typed.
        onBlur={go}
      />
      <Button size="s" type="submit">
        Go
      </Button>
    </form>
  )
}
