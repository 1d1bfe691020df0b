import type { ReactElement } from 'react'

export interface ChoiceCardProps {
  /** Name of the radio group. */
  readonly group: string
  readonly title: string
  readonly text: string
  readonly badge?: string
  /** Why it has its badge. */
  readonly reason?: string
  readonly checked: boolean
  readonly onChoose: () => void
}

/** One of several cards to choose from: a radio button with room for words. */
export function ChoiceCard({ group, title, text, badge, reason, checked, onChoose }: ChoiceCardProps): ReactElement {
  return (
    <label className={`photos-card${checked ? ' photos-card-chosen' : ''}`}>
      <input type="radio" name={`photos-${group}`} checked={checked} onChange={onChoose} />
      <span className="photos-card-body">
        <span className="photos-card-title">
          {title}
          {badge !== undefined && <span className="photos-badge">{badge}</span>}
        </span>
        <span className="photos-card-text">{text}</span>
        {reason !== undefined && <span className="photos-card-reason">{reason}</span>}
      </span>
    </label>
  )
}
