import { lengthOf } from '../drawing/shapes.js'
import { between, type Random } from '../../random.js'
import type { Field } from '../drawing/noise.js'
import type { Texture } from './texture.js'

/** Polycrystal grains: cells around scattered seeds, separated by thin boundaries. */
function grains(random: Random, across: number): Field {
  const nearest = scatteredSeeds(random, across)
  return (x, y) => {
    const { first, second } = nearest(x, y)
    return Math.min(1, Math.max(0, ((second - first) * across) / 0.55))
  }
}

/** Seeds jittered on a grid; answers with the distances to the nearest two. */
function scatteredSeeds(random: Random, across: number): (x: number, y: number) => { first: number; second: number } {
  const side = Math.ceil(across) + 3
  const seeds = Float32Array.from({ length: side * side * 2 }, () => between(random, 0.05, 0.95))
  return (x, y) => {
    const column = Math.floor(((x + 1) / 2) * across) + 1
    const row = Math.floor(((y + 1) / 2) * across) + 1
    let first = Infinity
    let second = Infinity
    for (let cell = 0; cell < 9; cell++) {
      const seedColumn = column - 1 + (cell % 3)
      const seedRow = row - 1 + Math.floor(cell / 3)
      const at = (seedRow * side + seedColumn) * 2
      const seedX = ((seedColumn - 1 + (seeds[at] ?? 0)) / across) * 2 - 1
      const seedY = ((seedRow - 1 + (seeds[at + 1] ?? 0)) / across) * 2 - 1
      const distance = lengthOf(x - seedX, y - seedY)
      if (distance < first) [first, second] = [distance, first]
      else if (distance < second) second = distance
    }
    return { first, second }
  }
}

/** Dots of one size scattered over the surface, solid or hollow. */
function nodules(random: Random, across: number, hollow: boolean): Field {
  const nearest = scatteredSeeds(random, across)
  const radius = between(random, 0.5, 0.62) / across
  return (x, y) => {
    const distance = nearest(x, y).first
    const edge = hollow ? radius * 0.42 - Math.abs(distance - radius * 0.9) : radius - distance
    return Math.min(1, Math.max(0, 0.5 + edge * 24))
  }
}

export const grainTextures: readonly Texture[] = [
  { name: 'fine grains', create: (random) => grains(random, between(random, 10.5, 13)) },
  { name: 'coarse grains', create: (random) => grains(random, between(random, 7, 9)) },
  { name: 'solid nodules', create: (random) => nodules(random, between(random, 7.5, 10.5), false) },
  { name: 'hollow nodules', create: (random) => nodules(random, between(random, 7.5, 10.5), true) },
]
