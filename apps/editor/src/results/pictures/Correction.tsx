import type { ReactElement } from 'react'
import { Button } from '../../ui/Button.js'
import { correctionOf, namesIn } from './corrections.js'

export interface CorrectionProps {
  readonly names: readonly string[]
  /** What the network says. */
  readonly said: readonly string[]
  /** Whether an image may have several classes, or none. */
  readonly several: boolean
  /** What a person says instead; null: nothing. */
  readonly value: string | null
  readonly onChange: (value: string | null) => void
}

/** Where a person says what an image really is. */
export function Correction(props: CorrectionProps): ReactElement {
  return props.several ? <SeveralClasses {...props} /> : <OneClass {...props} />
}

function OneClass({ names, value, onChange }: CorrectionProps): ReactElement {
  return (
    <label className="lightbox-correction">
      It is really{' '}
      <select
        className="select"
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      >
        <option value="">as the network says</option>
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}

function SeveralClasses({ names, said, value, onChange }: CorrectionProps): ReactElement {
  const ticked = new Set(value === null ? said : namesIn(value))
  const tick = (name: string, isThere: boolean): void =>
    onChange(correctionOf(names.filter((other) => (other === name ? isThere : ticked.has(other)))))
  return (
    <fieldset className="lightbox-correction lightbox-classes">
      <legend>It really shows</legend>
      {names.map((name) => (
        <label key={name}>
          <input type="checkbox" checked={ticked.has(name)} onChange={(event) => tick(name, event.target.checked)} />{' '}
          <bdi>{name}</bdi>
        </label>
      ))}
      {value !== null && (
        <Button size="s" variant="ghost" icon="reset" onClick={() => onChange(null)}>
          As the network says
        </Button>
      )}
    </fieldset>
  )
}
