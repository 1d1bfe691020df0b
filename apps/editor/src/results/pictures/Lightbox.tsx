import { useState } from 'react'
import type { KeyboardEvent, ReactElement, ReactNode } from 'react'
import { Image } from '../../api/Image.js'
import { IconButton } from '../../ui/Button.js'
import { Dialog } from '../../ui/Dialog.js'
import { percent } from '../../ui/format.js'
import { ExplainToggle } from '../explain/ExplainToggle.js'
import { HeatMap } from '../explain/HeatMap.js'
import { useExplanation } from '../explain/use-explanation.js'
import { isRight, shortName } from './picture.js'
import type { Picture } from './picture.js'
import './pictures.css'

/** What the server makes at most of a photo. */
const pixels = 1024

export interface LightboxProps {
  readonly pictures: readonly Picture[]
  readonly first: number
  readonly classNames: readonly string[]
  readonly onClose: () => void
  /** What can be done with the picture that is shown. */
  readonly controls?: (picture: Picture) => ReactNode
}

/** One picture large, with what the network said; the arrow keys lead to the others, Escape back. */
export function Lightbox({ pictures, first, classNames, onClose, controls }: LightboxProps): ReactElement | null {
  const [index, setIndex] = useState(first)
  const [explaining, setExplaining] = useState(false)
  const picture = pictures[Math.min(index, pictures.length - 1)]
  const explained = useExplanation(explaining ? (picture?.explain ?? null) : null, picture?.id ?? '')
  const last = pictures.length - 1
  const go = (to: number): void => setIndex(Math.min(last, Math.max(0, to)))
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last }[event.key]
    if (to === undefined || event.target instanceof HTMLSelectElement || event.target instanceof HTMLInputElement)
      return
    event.preventDefault()
    event.stopPropagation()
    go(to)
  }
  if (picture === undefined) return null
  return (
    <Dialog title={shortName(picture.id)} onClose={onClose} className="lightbox" onKeyDown={onKeyDown}>
      <div className="lightbox-body">
        <IconButton
          icon="back"
          label="The image before"
          shortcut="←"
          disabled={index === 0}
          onClick={() => go(index - 1)}
        />
        <div className="lightbox-picture heat-frame">
          <Image key={picture.id} address={picture.at(pixels)} alt={picture.id} size={pixels} />
          {explained.status === 'done' && <HeatMap explanation={explained.explanation} />}
        </div>
        <IconButton
          icon="arrowRight"
          label="The next image"
          shortcut="→"
          disabled={index === last}
          onClick={() => go(index + 1)}
        />
        <div className="lightbox-words" role="status">
          <p className="numeric">
            {index + 1} of {pictures.length}
          </p>
          <Said picture={picture} classNames={classNames} />
          {picture.explain !== undefined && (
            <ExplainToggle explained={explained} onToggle={() => setExplaining(!explaining)} />
          )}
          {controls?.(picture)}
          <p className="lightbox-id">
            <bdi>{picture.id}</bdi>
          </p>
        </div>
      </div>
    </Dialog>
  )
}

function Said({
  picture,
  classNames,
}: {
  readonly picture: Picture
  readonly classNames: readonly string[]
}): ReactElement {
  const right = isRight(picture)
  const { label, labels } = picture
  const nameOf = (index: number): React.ReactNode => <bdi>{classNames[index] ?? index}</bdi>
  return (
    <>
      {picture.answers.length > 0 && (
        <ul className="lightbox-answers">
          {picture.answers.slice(0, 5).map(({ index, probability }) => (
            <li key={index} {...(picture.chosen.includes(index) && { 'data-chosen': true })}>
              <bdi>{classNames[index] ?? index}</bdi> <span className="numeric">{percent(probability)}</span>
            </li>
          ))}
        </ul>
      )}
      {label !== null && (
        <p>
          {picture.answers.length === 0 ? 'It lies in ' : right === true ? 'Right: it is ' : 'It is '}
          <b>{nameOf(label)}</b>.
        </p>
      )}
      {labels !== undefined && (
        <p>
          {labels.length === 0 ? 'It shows none of the classes.' : 'It shows '}
          {labels.map((index, place) => (
            <span key={index}>
              {place > 0 && ', '}
              <b>{nameOf(index)}</b>
            </span>
          ))}
        </p>
      )}
    </>
  )
}
