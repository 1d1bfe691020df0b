import { useState } from 'react'
import type { DragEvent, ReactElement, ReactNode } from 'react'

export interface DropZoneProps {
  /** While something is held over it, it also has the class `NAME-over`. */
  readonly className: string
  readonly onDrop: (dropped: DataTransfer) => void
  readonly children: ReactNode
}

/** A place to drop files on. What is dropped here is not dropped on what lies around it too. */
export function DropZone({ className, onDrop, children }: DropZoneProps): ReactElement {
  const [over, setOver] = useState(false)
  const take = (event: DragEvent, isOver: boolean): void => {
    event.preventDefault()
    event.stopPropagation()
    setOver(isOver)
  }
  return (
    <div
      className={over ? `${className} ${className}-over` : className}
      onDragOver={(event) => take(event, true)}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        take(event, false)
        onDrop(event.dataTransfer)
      }}
    >
      {children}
    </div>
  )
}
