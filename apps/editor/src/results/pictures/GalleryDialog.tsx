import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { Button } from '../../ui/Button.js'
import { Dialog } from '../../ui/Dialog.js'
import { counted } from '../../ui/format.js'
import { VirtualList } from '../../ui/lists/VirtualList.js'
import { Correction } from './Correction.js'
import type { Corrections } from './corrections.js'
import { everything, filterPictures } from './filter-pictures.js'
import { GalleryFilter } from './GalleryFilter.js'
import { Lightbox } from './Lightbox.js'
import { PictureTile } from './PictureTile.js'
import type { Picture } from './picture.js'
import './pictures.css'

export interface GalleryDialogProps {
  readonly title: string
  readonly pictures: readonly Picture[]
  readonly classNames: readonly string[]
  readonly onClose: () => void
  /** Where what a person says an image is goes; left out: nothing can be corrected. */
  readonly correcting?: {
    readonly corrections: Corrections
    /** Whether an image may have several classes, or none. */
    readonly several: boolean
    readonly onCorrect: (id: string, name: string | null) => void
    readonly onExport: () => void
  }
}

const tile = 132

/** Pictures to look through: sorted, filtered, opened large, corrected. Rows out of sight aren't in the page. */
export function GalleryDialog({ title, pictures, classNames, onClose, correcting }: GalleryDialogProps): ReactElement {
  const [filter, setFilter] = useState(everything)
  const [open, setOpen] = useState<number | null>(null)
  const [box, columns] = useColumns()
  const shown = useMemo(() => filterPictures(pictures, filter), [pictures, filter])
  const rows = Array.from({ length: Math.ceil(shown.length / columns) }, (_, row) =>
    shown.slice(row * columns, (row + 1) * columns),
  )
  const corrected = Object.keys(correcting?.corrections ?? {}).length
  return (
    <Dialog
      title={title}
      onClose={onClose}
      className="images-dialog"
      {...(correcting !== undefined && {
        footer: (
          <>
            <p className="gallery-note">
              {corrected === 0
                ? 'Open an image to correct its class. Your files stay as they are.'
                : `${counted(corrected, 'correction')}, as a table that Image Table reads.`}
            </p>
            <Button icon="download" disabled={corrected === 0} onClick={correcting.onExport}>
              Export corrections
            </Button>
          </>
        ),
      })}
    >
      <GalleryFilter
        filter={filter}
        classNames={classNames}
        isLabelled={pictures.some(({ label }) => label !== null)}
        onChange={setFilter}
      />
      <p className="gallery-count numeric" role="status">
        {shown.length === pictures.length
          ? counted(pictures.length, 'image')
          : `${shown.length} of ${counted(pictures.length, 'image')}`}
      </p>
      <div ref={box} className="images-box">
        <VirtualList
          label={title}
          items={rows}
          itemHeight={tile + 52}
          keyOf={(row) => row[0]?.id ?? ''}
          render={(row, index) => (
            <div className="images-row">
              {row.map((picture, column) => (
                <PictureTile
                  key={picture.id}
                  picture={picture}
                  classNames={classNames}
                  size={tile}
                  correction={correcting?.corrections[picture.id]}
                  onOpen={() => setOpen(index * columns + column)}
                />
              ))}
            </div>
          )}
        />
      </div>
      {open !== null && (
        <Lightbox
          pictures={shown}
          first={open}
          classNames={classNames}
          onClose={() => setOpen(null)}
          {...(correcting !== undefined && {
            controls: (picture: Picture) => (
              <Correction
                key={picture.id}
                names={classNames}
                said={picture.chosen.map((index) => classNames[index] ?? String(index))}
                several={correcting.several}
                value={correcting.corrections[picture.id] ?? null}
                onChange={(name) => correcting.onCorrect(picture.id, name)}
              />
            ),
          })}
        />
      )}
    </Dialog>
  )
}

/** How many tiles stand in a row of the box. */
function useColumns(): readonly [React.RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null)
  const [columns, setColumns] = useState(4)
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const observer = new ResizeObserver(() =>
      setColumns(Math.max(1, Math.floor((element.clientWidth - 40) / (tile + 8)))),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [box, columns]
}
