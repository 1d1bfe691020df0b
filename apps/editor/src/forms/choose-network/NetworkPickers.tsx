import { useState } from 'react'
import type { ReactElement } from 'react'
import { Button } from '../../ui/Button.js'
import { FolderDialog } from '../paths/FolderDialog.js'
import { NetworkDialog } from './NetworkDialog.js'

export interface NetworkPickersProps {
  /** Source of the network in use; null: none. */
  readonly chosen: string | null
  /** Folder that looking for a file begins in; null: the first that may be read. */
  readonly start: string | null
  /** Of the row of buttons. */
  readonly className: string
  /** @param sha256 its checksum, where the catalogue knows it */
  readonly onChoose: (source: string, sha256: string | null) => void
}

/** The two ways to another network: by name from the catalogue, or a file on this machine. */
export function NetworkPickers({ chosen, start, className, onChoose }: NetworkPickersProps): ReactElement {
  const [open, setOpen] = useState<'names' | 'files' | null>(null)
  const close = (): void => setOpen(null)
  return (
    <>
      <span className={className}>
        <Button size="s" icon="search" onClick={() => setOpen('names')}>
          Choose a network by name…
        </Button>
        <Button size="s" icon="folder" onClick={() => setOpen('files')}>
          Choose a model file…
        </Button>
      </span>
      {open === 'names' && (
        <NetworkDialog chosen={chosen} onClose={close} onChoose={({ source, sha256 }) => onChoose(source, sha256)} />
      )}
      {open === 'files' && (
        <FolderDialog
          title="Choose a model"
          accepts="model"
          start={start}
          onClose={close}
          onChoose={(path) => onChoose(path, null)}
        />
      )}
    </>
  )
}
