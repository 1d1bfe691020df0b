import { useState } from 'react'
import type { ReactElement } from 'react'
import { usePicture } from '../api/artifact.js'
import { Icon } from './Icon.js'
import './picture.css'

export interface PictureProps {
  /** Null: there is none to show. */
  readonly address: string | null
  readonly alt: string
  readonly size: number
  readonly className?: string
}

/** A picture of the runner, square; a quiet placeholder while it loads and when it can't be shown. */
export function Picture({ address, alt, size, className = '' }: PictureProps): ReactElement {
  const source = usePicture(address)
  const [failed, setFailed] = useState<string | null>(null)
  if (source === undefined || failed === source) {
    return (
      <span
        className={`picture picture-empty ${className}`}
        style={{ inlineSize: size, blockSize: size }}
        role="img"
        aria-label={`${alt} (no picture)`}
      >
        <Icon name="file" />
      </span>
    )
  }
  return (
    <img
      className={`picture ${className}`}
      src={source}
      alt={alt}
      width={size}
      height={size}
      loading="lazy"
      decoding="async"
      onError={() => setFailed(source)}
    />
  )
}
