import { useEffect, useState } from 'react'
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
  const [text, setText] = useState(path ?? '')
  useEffect(() => setText(path ?? ''), [path])
  const go = (): void => {
    if (text.trim() !== '' && text.trim() !== path) onGo(text.trim())
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
        value={text}
        onChange={(event) => setText(event.target.value)}
        // So that “Use this folder” means the one that was just typed.
        onBlur={go}
      />
      <Button size="s" type="submit">
        Go
      </Button>
    </form>
  )
}
