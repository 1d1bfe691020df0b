import type { Random } from '../../random.js'
import type { Shape } from './shapes.js'

/** One area of a pictogram; areas of the same tint share a colour, and later ones lie over earlier ones. */
export interface Part {
  readonly shape: Shape
  readonly tint: 'body' | 'accent' | 'detail'
}

/** A class of drawn objects: its name, and how one specimen is drawn in coordinates from -1 to 1, y down. */
export interface Pictogram {
  readonly name: string
  readonly draw: (random: Random) => readonly Part[]
}

/** A part in the object's main colour. */
export function body(shape: Shape): Part {
  return { shape, tint: 'body' }
}

/** A part in the object's second colour. */
export function accent(shape: Shape): Part {
  return { shape, tint: 'accent' }
}

/** A small part that stands out against the main colour. */
export function detail(shape: Shape): Part {
  return { shape, tint: 'detail' }
}
