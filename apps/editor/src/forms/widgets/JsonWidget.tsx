import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import type { WidgetProps } from '../fields/widget.js'

/**
 * A param of a shape that no other widget knows, as JSON. Text that isn't JSON stays in the field and changes nothing.
 */
export function JsonWidget({ id, value, onChange, describedBy, isWrong }: WidgetProps): ReactElement {
  const stored = value === undefined ? '' : JSON.stringify(value, null, 2)
  const [text, setText] = useState(stored)
  const [broken, setBroken] = useState<string | null>(null)
  useEffect(() => setText(stored), [stored])
  const commit = (): void => {
    if (text.trim() === '') return onChange(undefined)
    try {
      onChange(JSON.parse(text) as unknown)
      setBroken(null)
    } catch (error) {
      setBroken(error instanceof Error ? error.message : 'This is not JSON.')
    }
  }
  return (
    <>
      <textarea
        id={id}
        className="input json"
        rows={Math.min(10, Math.max(2, text.split('\n').length))}
        value={text}
        spellCheck={false}
        aria-describedby={describedBy}
        aria-invalid={isWrong || broken !== null}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
      />
      {broken !== null && (
        <p className="form-problem form-problem-error" role="alert">
          Not valid JSON, so it is ignored: {broken}
        </p>
      )}
    </>
  )
}
