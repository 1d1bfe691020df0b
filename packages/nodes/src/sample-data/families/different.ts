import { createCanvas, paint, toBytes } from '../drawing/canvas.js'
import { contrastingColour, mixColours, randomColour } from '../drawing/colour.js'
import { addGrain, blotches } from '../drawing/noise.js'
import { between, type Random } from '../../random.js'
import { fibreTextures } from '../textures/fibres.js'
import { grainTextures } from '../textures/grains.js'
import type { Texture } from '../textures/texture.js'
import { requireClass, type SampleFamily } from './family.js'

const textures = [...grainTextures, ...fibreTextures]

/** Surfaces under a microscope: another domain than objects, told apart by fine texture and not by outline. */
export const different: SampleFamily = {
  id: 'different',
  title: 'Micrographs',
  description: `${textures.length} kinds of microscopic surfaces, told apart by grain, frequency and direction; nothing has an outline.`,
  classNames: textures.map((texture) => texture.name),
  render: (classIndex, random, size) => micrograph(requireClass(textures, classIndex), random, size),
}

/** A stained, unevenly lit and slightly noisy image of a surface. */
function micrograph(texture: Texture, random: Random, size: number): Uint8Array {
  const canvas = createCanvas(size)
  const field = texture.create(random)
  const low = randomColour(random)
  const high = mixColours(low, contrastingColour(random, [low]), between(random, 0.35, 0.9))
  const light = blotches(random, between(random, 1.5, 3))
  const unevenness = between(random, 0.2, 0.6)
  const dirt = blotches(random, between(random, 8, 20))
  paint(canvas, (x, y) => {
    const height = 0.75 * field(x, y) + 0.25 * dirt(x, y)
    const shade = 1 + unevenness * (light(x, y) - 0.5)
    const colour = mixColours(low, high, height)
    return { colour: [colour[0] * shade, colour[1] * shade, colour[2] * shade], cover: 1 }
  })
  addGrain(canvas.values, random, 0.1)
  return toBytes(canvas)
}
