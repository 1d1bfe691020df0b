import { useState } from 'react'
import type { ReactElement } from 'react'
import { FolderDialog } from '../forms/paths/FolderDialog.js'
import { Upload } from '../forms/upload/Upload.js'
import { Button } from '../ui/Button.js'
import type { useDropped } from './photos-store.js'

export interface PhotosSourceProps {
  readonly path: string | null
  readonly dropped: ReturnType<typeof useDropped>
  readonly onPath: (path: string) => void
}

/** Where the photos are: on the machine of the server, read in place; or dropped, and sent there. */
export function PhotosSource({ path, dropped, onPath }: PhotosSourceProps): ReactElement {
  const [picking, setPicking] = useState(false)
  return (
    <div className="photos-source">
      <Button icon="folder" onClick={() => setPicking(true)}>
        Browse folders on this server…
      </Button>
      <Upload onDone={onPath} {...(dropped !== null && { dropped })} />
      {picking && (
        <FolderDialog
          title="Choose a folder"
          accepts="directory"
          start={path}
          onClose={() => setPicking(false)}
          onChoose={onPath}
        />
      )}
    </div>
  )
}
