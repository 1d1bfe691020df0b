import type { ReactElement } from 'react'
import { Image } from '../../api/Image.js'
import { percent } from '../../ui/format.js'
import { namesIn } from './corrections.js'
import { isRight, shortName, surest } from './picture.js'
import type { Picture } from './picture.js'

export interface PictureTileProps {
  readonly picture: Picture
  readonly classNames: readonly string[]
  readonly size: number
  /** What a person said it is instead. */
  readonly correction?: string | undefined
  readonly onOpen: () => void
}

/** A picture with the network's answer; opens it large. */
export function PictureTile({ picture, classNames, size, correction, onOpen }: PictureTileProps): ReactElement {
  const { probability } = surest(picture)
  const names = picture.chosen.map((index) => classNames[index] ?? index).join(', ') || 'none'
  const outcome = { true: ' tile-right', false: ' tile-wrong', null: '' }[String(isRight(picture))] ?? ''
  return (
    <button
      type="button"
      className={`picture-tile${outcome}`}
      style={{ inlineSize: size }}
      title={picture.id}
      onClick={onOpen}
    >
      <Image address={picture.at(size * 2)} alt="" size={size} />
      <span className="picture-said">
        <bdi className="picture-name">
          {correction === undefined ? names : namesIn(correction).join(', ') || 'none'}
        </bdi>{' '}
        <span className="numeric">{correction === undefined ? percent(probability, 0) : 'corrected'}</span>
      </span>{' '}
      <small>{shortName(picture.id)}</small>
    </button>
  )
}
