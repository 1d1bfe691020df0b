import { cosine, sine } from './angle.js'
import { between, chance, type Random } from '../../random.js'

/** Where an object sits on the canvas: takes canvas coordinates to the object's own. */
export interface Pose {
  readonly scale: number
  localX(x: number, y: number): number
  localY(x: number, y: number): number
}

/** Any place, size, tilt, stretch and slant at which an object still lies mostly inside the canvas. */
export function randomPose(random: Random): Pose {
  const scale = between(random, 0.42, 0.85)
  const room = Math.max(0.08, 0.95 - scale)
  const centreX = between(random, -room, room)
  const centreY = between(random, -room, room)
  const turns = between(random, -0.08, 0.08)
  const stretch = between(random, 0.85, 1.18)
  const slant = between(random, -0.2, 0.2)
  const flip = chance(random, 0.5) ? -1 : 1
  const c = cosine(turns) / scale
  const s = sine(turns) / scale
  const upright = (x: number, y: number): number => c * (y - centreY) - s * (x - centreX)
  return {
    scale,
    localX: (x, y) => flip * stretch * (c * (x - centreX) + s * (y - centreY) + slant * upright(x, y)),
    localY: (x, y) => upright(x, y) / stretch,
  }
}
