import type { Prediction } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import { classColor } from '../../charts/class-colors.js'
import { percent, shortened } from '../../ui/format.js'

const shownClasses = 6

/** The likeliest classes of an image. */
export function Bars({
  prediction: { several, classNames, probabilities, chosen, milliseconds },
}: {
  readonly prediction: Prediction
}): ReactElement {
  const ranked = classNames
    .map((name, index) => ({ name, index, probability: probabilities[index] ?? 0 }))
    .toSorted((a, b) => b.probability - a.probability)
  return (
    <>
      {several && (
        <p className="try-said">
          In this image: <b>{chosen.map((index) => classNames[index] ?? index).join(', ') || 'none of the classes'}</b>
        </p>
      )}
      <ul className="bars">
        {ranked.slice(0, shownClasses).map(({ name, index, probability }) => (
          <li key={name} {...(chosen.includes(index) && { 'data-chosen': true })}>
            <span className="bar-name" title={name}>
              <bdi>{shortened(name, 24)}</bdi>
            </span>
            <span className="bar-track">
              <span style={{ inlineSize: `${probability * 100}%`, background: classColor(index) }} />
            </span>
            <span className="bar-value numeric">{percent(probability)}</span>
          </li>
        ))}
      </ul>
      <p className="muted numeric">
        {ranked.length > shownClasses ? `${ranked.length - shownClasses} more classes below. ` : ''}
        {Math.round(milliseconds)} ms
      </p>
    </>
  )
}
