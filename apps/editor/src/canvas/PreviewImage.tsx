import { useState } from 'react'
import type { ReactElement } from 'react'
import { addressOf } from '../api/client.js'

/** The newest picture that a node sent while it ran. Gone from the store: nothing is shown. */
export function PreviewImage({ title, sha256 }: { readonly title: string; readonly sha256: string }): ReactElement | null {
  const [failed, setFailed] = useState('')
  if (failed === sha256) return null
  return (
    <div className="card-preview">
      <img src={addressOf('getArtifactThumbnail', { params: { sha256 }, query: { size: 256 } })} alt={title} title={title} draggable={false} loading="lazy" onError={() => setFailed(sha256)} />
    </div>
  )
}
