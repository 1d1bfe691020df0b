/** What keeps a pair from attending: next to nothing after a softmax. */
const apart = -100

interface WindowMask {
  /** Side of the map. */
  readonly size: number
  readonly window: number
  /** By how much the map was rolled before it was cut into windows. */
  readonly shift: number
}

/**
 * What is added to the scores of attention within windows of a rolled map, `[windows, tokens, tokens]`: 0 for two places
 * that lay together in the map, -100 for those that only came together by rolling (Liu et al. 2021, arXiv:2103.14030).
 */
export function windowMask({ size, window, shift }: WindowMask): Float32Array {
  const across = Math.floor(size / window)
  const tokens = window * window
  const mask = new Float32Array(across * across * tokens * tokens)
  const region = (place: number): number => (place < size - window ? 0 : place < size - shift ? 1 : 2)
  for (let cell = 0; cell < across * across; cell++) {
    const [top, left] = [Math.floor(cell / across) * window, (cell % across) * window]
    const regions = Array.from(
      { length: tokens },
      (_, token) => 3 * region(top + Math.floor(token / window)) + region(left + (token % window)),
    )
    for (let query = 0; query < tokens; query++)
      for (let key = 0; key < tokens; key++)
        if (regions[query] !== regions[key]) mask[(cell * tokens + query) * tokens + key] = apart
  }
  return mask
}
