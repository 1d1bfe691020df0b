import { useEffect } from 'react'
import { ui, wideEnough } from './page-store.js'

export const isNarrow = (): boolean => !matchMedia(wideEnough).matches

/** In a narrow window the list of nodes would lie over the canvas, so it comes only when it is asked for. */
export function useListWhereRoom(): void {
  useEffect(() => {
    const wide = matchMedia(wideEnough)
    const follow = (): void => ui.set({ palette: wide.matches })
    if (!wide.matches) follow()
    wide.addEventListener('change', follow)
    return () => wide.removeEventListener('change', follow)
  }, [])
}
