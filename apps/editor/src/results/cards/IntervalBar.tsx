import type { ReactElement } from 'react'
import { percent } from '../../ui/format.js'

export interface IntervalBarProps {
  /** A share from 0 to 1, and its 95% interval. */
  readonly value: number
  readonly interval: readonly [number, number]
  /** Single results, as small marks. */
  readonly marks?: readonly number[]
  /** An interval of something foreseen has a dashed outline in place of a filling. */
  readonly isForeseen?: boolean
  /** What it says stands in the text beside it too. */
  readonly isDecoration?: boolean
}

/** A share on a line from 0 to 100%, with its interval. */
export function IntervalBar({
  value,
  interval: [low, high],
  marks = [],
  isForeseen = false,
  isDecoration = false,
}: IntervalBarProps): ReactElement {
  const spoken = isDecoration
    ? { 'aria-hidden': true }
    : { role: 'img', 'aria-label': `95% confidence interval from ${percent(low)} to ${percent(high)}` }
  return (
    <svg className="interval" viewBox="0 0 100 14" preserveAspectRatio="none" {...spoken}>
      <rect x="0" y="5" width="100" height="4" rx="2" className="interval-track" />
      <rect
        x={low * 100}
        y="5"
        width={Math.max(0.5, (high - low) * 100)}
        height="4"
        rx="2"
        className={`interval-range${isForeseen ? ' interval-foreseen' : ''}`}
      />
      {marks.map((mark, index) => (
        <rect key={index} x={mark * 100 - 0.2} y="2" width="0.4" height="10" className="interval-mark" />
      ))}
      <rect x={value * 100 - 0.5} y="1" width="1" height="12" className="interval-point" />
    </svg>
  )
}
