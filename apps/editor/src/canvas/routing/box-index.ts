import type { Box } from '../../document/graph/geometry.js'

const cell = 320

/** Boxes by where they are, so that those near a wire are found without asking all of them. */
export interface BoxIndex {
  /** Those that touch this area, each once. */
  readonly within: (area: Box) => readonly Box[]
}

export function indexBoxes(boxes: Iterable<Box>): BoxIndex {
  const cells = new Map<string, Box[]>()
  for (const box of boxes)
    for (const key of cellsOf(box)) {
      const known = cells.get(key)
      if (known === undefined) cells.set(key, [box])
      else known.push(box)
    }
  return {
    within: (area) => {
      const found = new Set<Box>()
      for (const key of cellsOf(area)) for (const box of cells.get(key) ?? []) if (doTouch(box, area)) found.add(box)
      return [...found]
    },
  }
}

export const doTouch = (one: Box, other: Box): boolean =>
  one.x <= other.x + other.width &&
  other.x <= one.x + one.width &&
  one.y <= other.y + other.height &&
  other.y <= one.y + one.height

export const inflate = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
})

function* cellsOf({ x, y, width, height }: Box): Generator<string> {
  for (let column = Math.floor(x / cell); column <= Math.floor((x + width) / cell); column++)
    for (let row = Math.floor(y / cell); row <= Math.floor((y + height) / cell); row++) yield `${column},${row}`
}
