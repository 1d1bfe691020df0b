import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'

/**
 * Where a button inside `box` had the focus and is gone since `shown` changed, the box gets it, so that the next Tab
 * goes on from there. A focus that is elsewhere stays.
 */
export function useFocusKept(box: RefObject<HTMLElement | null>, shown: unknown): void {
  const wasInside = useRef(false)
  useEffect(() => {
    const track = ({ target }: FocusEvent): void =>
      void (wasInside.current = target instanceof Node && box.current?.contains(target) === true)
    document.addEventListener('focusin', track)
    return () => document.removeEventListener('focusin', track)
  }, [box])
  useEffect(() => {
    if (wasInside.current && document.activeElement === document.body) box.current?.focus({ preventScroll: true })
  }, [box, shown])
}
