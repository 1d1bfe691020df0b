import { useLayoutEffect, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { percent } from '../../ui/format.js'
import { Dialog } from '../../ui/Dialog.js'
import { Image } from '../../api/Image.js'
import { VirtualList } from '../../ui/lists/VirtualList.js'
import type { Prediction } from './confusion.js'
import type { DatasetResult } from '../read/run-results.js'
import { sampleThumbnail } from './sample-thumbnail.js'

export interface ImagesDialogProps {
  readonly title: string
  readonly images: readonly Prediction[]
  readonly classNames: readonly string[]
  readonly dataset: DatasetResult | null
  readonly onClose: () => void
}

const tile = 132

/**
 * Images with what the network answered and how sure it was. Rows out of sight aren't in the page, however many there
 * are.
 */
export function ImagesDialog({ title, images, classNames, dataset, onClose }: ImagesDialogProps): ReactElement {
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
  const rows = Array.from({ length: Math.ceil(images.length / columns) }, (_, row) =>
    images.slice(row * columns, (row + 1) * columns),
  )
  return (
    <Dialog title={title} onClose={onClose} className="images-dialog">
      <div ref={box} className="images-box">
        <VirtualList
          label={title}
          items={rows}
          itemHeight={tile + 46}
          keyOf={(row) => row[0]?.id ?? ''}
          render={(row) => (
            <div className="images-row">
              {row.map((item) => (
                <figure key={item.id} className="images-tile" style={{ inlineSize: tile }}>
                  <Image
                    address={dataset === null ? null : sampleThumbnail(dataset, item.id, tile * 2)}
                    alt={item.id}
                    size={tile}
                  />
                  <figcaption>
                    <span className="numeric">
                      {classNames[item.prediction] ?? item.prediction} {percent(item.probability, 0)}
                    </span>
                    <small title={item.id}>{item.id.split('/').at(-1)}</small>
                  </figcaption>
                </figure>
              ))}
            </div>
          )}
        />
      </div>
    </Dialog>
  )
}
