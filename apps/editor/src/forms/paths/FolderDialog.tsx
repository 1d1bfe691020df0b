import type { ReactElement } from 'react'
import { Button } from '../../ui/Button.js'
import { Dialog } from '../../ui/Dialog.js'
import { FolderPlaces, useFolder } from './FolderPlaces.js'
import type { FolderPlacesProps } from './FolderPlaces.js'

export interface FolderDialogProps extends Pick<FolderPlacesProps, 'accepts' | 'onChoose'> {
  readonly title: string
  readonly start: string | null
  readonly onClose: () => void
}

/**
 * Walks the folders that Graft may read, or goes where a path leads, and shows what is in a folder before it is chosen.
 */
export function FolderDialog({ title, accepts, start, onChoose, onClose }: FolderDialogProps): ReactElement {
  const folder = useFolder(start)
  const { current } = folder
  const choose = (chosen: string): void => {
    onChoose(chosen)
    onClose()
  }
  return (
    <Dialog
      title={title}
      onClose={onClose}
      className="folder-dialog"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={current === null} onClick={() => current !== null && choose(current)}>
            Use this folder
          </Button>
        </>
      }
    >
      <FolderPlaces folder={folder} accepts={accepts} onChoose={choose} />
    </Dialog>
  )
}
