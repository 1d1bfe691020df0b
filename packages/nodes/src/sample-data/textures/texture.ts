import type { Field } from '../drawing/noise.js'
import type { Random } from '../../random.js'

/** A kind of surface: its name, and one specimen's height (0 to 1) at every point of the canvas. */
export interface Texture {
  readonly name: string
  readonly create: (random: Random) => Field
}
