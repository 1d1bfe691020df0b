import { cosine, sine } from '../drawing/angle.js'
import { blotches, type Field } from '../drawing/noise.js'
import { between, pick, type Random } from '../../random.js'
import type { Texture } from './texture.js'

/** Parallel plates seen from the side: wavy stripes at about the given angle. */
function lamellae(random: Random, turns: number): Field {
  const frequency = between(random, 4.2, 6)
  const c = cosine(turns) * frequency
  const s = sine(turns) * frequency
  const bend = blotches(random, between(random, 3, 5))
  return (x, y) => 0.5 + 0.5 * sine(c * x + s * y + 1.1 * bend(x, y))
}

/** Two sets of threads crossing at right angles, at any angle to the image. */
function weave(random: Random): Field {
  const first = lamellae(random, 0)
  const second = lamellae(random, 0.25)
  const turns = random()
  const [c, s] = [cosine(turns), sine(turns)]
  return (x, y) =>
    Math.max(first(0.7 * (c * x - s * y), 0.7 * (s * x + c * y)), second(0.7 * (c * x - s * y), 0.7 * (s * x + c * y)))
}

/** Plates that change direction from place to place. */
function ridges(random: Random): Field {
  const frequency = between(random, 4.2, 6)
  const bend = blotches(random, between(random, 2.5, 3.5))
  const shift = random()
  return (x, y) => 0.5 + 0.5 * sine(frequency * 2.2 * bend(x, y) + shift)
}

export const fibreTextures: readonly Texture[] = [
  { name: 'level lamellae', create: (random) => lamellae(random, 0.25 + between(random, -0.06, 0.06)) },
  {
    name: 'steep lamellae',
    create: (random) => lamellae(random, pick(random, [0, 0.5]) + between(random, -0.06, 0.06)),
  },
  { name: 'weave', create: weave },
  { name: 'ridges', create: ridges },
]
