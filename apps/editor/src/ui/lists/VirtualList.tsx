import { useLayoutEffect, useRef, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { windowOf } from './virtual-window.js'
import './virtual-list.css'

export interface VirtualListProps<Item> {
  readonly label: string
  readonly items: readonly Item[]
  /** In pixels; every item is as high. */
  readonly itemHeight: number
  readonly keyOf: (item: Item, index: number) => string | number
  readonly render: (item: Item, index: number) => ReactNode
  /** Stays at the end while new items come, unless someone scrolled up. */
  readonly follow?: boolean
}

/** A scrolling list that only puts what is in sight (and a little more) into the page. */
export function VirtualList<Item>({
  label,
  items,
  itemHeight,
  keyOf,
  render,
  follow = false,
}: VirtualListProps<Item>): ReactElement {
  const box = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const [view, setView] = useState({ top: 0, height: 400 })
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    if (follow && atEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [follow, items.length])
  const { first, last } = windowOf(items.length, itemHeight, view.top, view.height)
  const onScroll = (): void => {
    const element = box.current
    if (element === null) return
    atEnd.current = element.scrollTop + element.clientHeight >= element.scrollHeight - itemHeight
    setView({ top: element.scrollTop, height: element.clientHeight })
  }
  return (
    <div ref={box} className="virtual-list" role="list" aria-label={label} tabIndex={0} onScroll={onScroll}>
      <div role="presentation" style={{ blockSize: items.length * itemHeight }}>
        {items.slice(first, last).map((item, offset) => (
          <div
            key={keyOf(item, first + offset)}
            role="listitem"
            aria-setsize={items.length}
            aria-posinset={first + offset + 1}
            className="virtual-item"
            style={{ blockSize: itemHeight, transform: `translateY(${(first + offset) * itemHeight}px)` }}
          >
            {render(item, first + offset)}
          </div>
        ))}
      </div>
    </div>
  )
}
