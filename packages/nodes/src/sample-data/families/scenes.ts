import { integerBetween, type Random, shuffled } from '../../random.js'
import { paintBackground } from '../drawing/background.js'
import { createCanvas, toBytes } from '../drawing/canvas.js'
import { addGrain } from '../drawing/noise.js'
import { photograph } from '../drawing/photograph.js'
import { belongings } from '../pictograms/belongings.js'
import { creatures } from '../pictograms/creatures.js'
import type { SampleFamily } from './family.js'

const pictograms = [...creatures, ...belongings].slice(0, 6)
/** Tiles along a side of a scene. */
const tilesAcross = 2
/** Objects in one scene, at most. */
export const mostObjects = 3

/**
 * Several objects in one image: the class index is a bit mask of what is there, so that an image may show several
 * classes, or none. Each object has a tile of its own; the other tiles show backdrops.
 */
export const scenes: SampleFamily = {
  id: 'scenes',
  title: 'Several objects',
  description: `Up to ${mostObjects} of ${pictograms.length} kinds of objects in one image.`,
  classNames: pictograms.map(({ name }) => name),
  render(mask, random, size) {
    const objects = classesInScene(mask).map((index) => pictograms[index] ?? null)
    const places = shuffled([...Array(tilesAcross ** 2).keys()], random)
    const bytes = new Uint8Array(size * size * 3)
    places.forEach((place, order) => {
      const [row, column] = [Math.floor(place / tilesAcross), place % tilesAcross]
      const bounds = (index: number): readonly [number, number] =>
        [index, index + 1].map((edge) => Math.floor((edge * size) / tilesAcross)) as [number, number]
      const [top, bottom] = bounds(row)
      const [left, right] = bounds(column)
      const side = Math.max(bottom - top, right - left)
      const object = objects[order]
      const tile = object ? photograph(object, random, side) : backdrop(random, side)
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++)
          for (let channel = 0; channel < 3; channel++)
            bytes[(y * size + x) * 3 + channel] = tile[((y - top) * side + (x - left)) * 3 + channel] ?? 0
    })
    return bytes
  },
}

/** The classes that a mask stands for. */
export function classesInScene(mask: number): number[] {
  return pictograms.flatMap((_, index) => ((mask >> index) & 1 ? [index] : []))
}

/** A scene drawn by lot: none to three objects, most often one or two. */
export function drawScene(random: Random): number {
  const count = [0, 1, 1, 1, 2, 2, 2, 2, 3, 3][integerBetween(random, 0, 9)] ?? 1
  const chosen = shuffled([...pictograms.keys()], random).slice(0, count)
  return chosen.reduce((mask, index) => mask | (1 << index), 0)
}

function backdrop(random: Random, size: number): Uint8Array {
  const canvas = createCanvas(size)
  paintBackground(canvas, random)
  addGrain(canvas.values, random, 0.07)
  return toBytes(canvas)
}
