import { between, type Random } from '../../random.js'

/** A smooth value between 0 and 1 for every point of the canvas. */
export type Field = (x: number, y: number) => number

/** Blotches: random values on a lattice of `cells` x `cells` over the canvas, smoothly joined. */
export function blotches(random: Random, cells: number): Field {
  const side = Math.ceil(cells) + 2
  const lattice = Float32Array.from({ length: side * side }, () => random())
  return (x, y) => {
    const column = ((x + 1) / 2) * cells
    const row = ((y + 1) / 2) * cells
    const left = Math.floor(column)
    const top = Math.floor(row)
    const shareX = smoothStep(column - left)
    const shareY = smoothStep(row - top)
    const at = (dx: number, dy: number): number =>
      lattice[Math.min(side - 1, Math.max(0, top + dy)) * side + Math.min(side - 1, Math.max(0, left + dx))] ?? 0
    const upper = at(0, 0) + (at(1, 0) - at(0, 0)) * shareX
    const lower = at(0, 1) + (at(1, 1) - at(0, 1)) * shareX
    return upper + (lower - upper) * shareY
  }
}

function smoothStep(share: number): number {
  return share * share * (3 - 2 * share)
}

/** A bell-shaped random number with the given standard deviation: three uniform ones added. */
export function bell(random: Random, deviation: number): number {
  return (random() + random() + random() - 1.5) * 2 * deviation
}

/** Adds independent noise to every value, as a camera sensor does. */
export function addGrain(values: Float32Array, random: Random, strongest: number): void {
  const deviation = between(random, 0, strongest)
  for (let index = 0; index < values.length; index++) values[index] = (values[index] ?? 0) + bell(random, deviation)
}
