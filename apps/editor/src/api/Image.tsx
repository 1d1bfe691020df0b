import { useState } from 'react'
import type { ReactElement } from 'react'
import { useImage } from './artifact.js'
import { Icon } from '../ui/Icon.js'
import './image.css'

export interface ImageProps {
  /** Null: there is none to show. */
  readonly address: string | null
  readonly alt: string
  readonly size: number
  readonly className?: string
}

/** An image of the runner, square; a quiet placeholder while it loads and when it can't be shown. */
export function Image({ address, alt, size, className = '' }: ImageProps): ReactElement {
  const source = useImage(address)
  const [failed, setFailed] = useState<string | null>(null)
  if (source === undefined || failed === source) {
    return (
      <span
        className={`image image-empty ${className}`}
        style={{ inlineSize: size, blockSize: size }}
        role="img"
        aria-label={`${alt} (no image)`}
      >
        <Icon name="file" />
      </span>
    )
  }
  return (
    <img
      className={`image ${className}`}
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
