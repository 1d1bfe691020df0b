import { useState } from 'react'
import type { ReactElement } from 'react'
import { useImage } from '../../api/artifact.js'
import { addressOf } from '../../api/client.js'

/** The newest image that a node sent while it ran. Gone from the store: nothing is shown. */
export function PreviewImage({
  title,
  sha256,
}: {
  readonly title: string
  readonly sha256: string
}): ReactElement | null {
  const [failed, setFailed] = useState('')
  const source = useImage(addressOf('getArtifactThumbnail', { params: { sha256 }, query: { size: 256 } }))
  if (failed === sha256 || source === undefined) return null
  return (
    <div className="card-preview">
      <img src={source} alt={title} title={title} draggable={false} loading="lazy" onError={() => setFailed(sha256)} />
    </div>
  )
}
