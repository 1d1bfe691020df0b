import { paintBackground, paintClutter, paintOcclusion } from './background.js'
import { type Canvas, coverage, createCanvas, paint, toBytes } from './canvas.js'
import { type Colour, contrastingColour, mixColours } from './colour.js'
import { outline } from './combine.js'
import { addGrain } from './noise.js'
import type { Part, Pictogram } from './pictogram.js'
import { type Pose, randomPose } from './pose.js'
import { between, chance, pick, type Random } from '../../random.js'

type Palette = Readonly<Record<Part['tint'], Colour>>

/** An image of one specimen of a pictogram: its own pose, colours, style, light, backdrop, clutter and occlusion. */
export function photograph(pictogram: Pictogram, random: Random, size: number): Uint8Array {
  const canvas = createCanvas(size)
  const backdrop = paintBackground(canvas, random)
  paintClutter(canvas, random, 5)
  const pose = randomPose(random)
  const parts = restyle(pictogram.draw(random), random)
  const palette = randomPalette(random, backdrop)
  if (chance(random, 0.3)) paintShadow(canvas, parts, pose, random)
  const light = randomLight(random)
  for (const part of parts) paintPart(canvas, part, pose, palette[part.tint], light)
  paintOcclusion(canvas, random, 0.35)
  addGrain(canvas.values, random, 0.07)
  return toBytes(canvas)
}

function randomPalette(random: Random, backdrop: readonly Colour[]): Palette {
  const main = contrastingColour(random, backdrop)
  const second = chance(random, 0.25) ? main : contrastingColour(random, backdrop)
  return { body: main, accent: second, detail: contrastingColour(random, [main, second]) }
}

/** Filled as drawn, only outlined, or filled with an outline around every part. */
function restyle(parts: readonly Part[], random: Random): readonly Part[] {
  const style = pick(random, ['filled', 'filled', 'outlined', 'edged'])
  const width = between(random, 0.035, 0.075)
  if (style === 'filled') return parts
  if (style === 'outlined')
    return parts.map((part) => ({
      shape: outline(part.shape, width),
      tint: part.tint === 'detail' ? 'accent' : part.tint,
    }))
  return parts.flatMap((part) => [part, { shape: outline(part.shape, width * 0.7), tint: 'detail' as const }])
}

type Light = (x: number, y: number) => number

/** A soft light from one side, so that a part is not one flat colour. */
function randomLight(random: Random): Light {
  const strength = between(random, 0, 0.35)
  const towardsX = between(random, -1, 1)
  const towardsY = between(random, -1, 1)
  return (x, y) => 1 + strength * (towardsX * x + towardsY * y)
}

function paintPart(canvas: Canvas, part: Part, pose: Pose, colour: Colour, light: Light): void {
  paint(canvas, (x, y) => {
    const cover = coverage(part.shape(pose.localX(x, y), pose.localY(x, y)), pose.scale * (canvas.size / 2))
    if (cover === 0) return null
    const shade = light(x, y)
    return { colour: [colour[0] * shade, colour[1] * shade, colour[2] * shade], cover }
  })
}

function paintShadow(canvas: Canvas, parts: readonly Part[], pose: Pose, random: Random): void {
  const offset = between(random, 0.05, 0.14)
  const black: Colour = mixColours([0, 0, 0], [0.2, 0.2, 0.25], random())
  paint(canvas, (x, y) => {
    const localX = pose.localX(x - offset, y - offset)
    const localY = pose.localY(x - offset, y - offset)
    let cover = 0
    for (const part of parts)
      cover = Math.max(cover, coverage(part.shape(localX, localY), pose.scale * (canvas.size / 6)))
    return cover > 0 ? { colour: black, cover: cover * 0.5 } : null
  })
}
