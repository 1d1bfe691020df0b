import { z } from 'zod'
import type { FloatImage } from '../image/image.js'
import { clip, luma, meanLuma } from './pixel-math.js'
import { defineTransform, type Random } from './transform.js'

/** A colour change `M p + offset`: rows of M for red, green and blue, each followed by its offset. */
type ColourMatrix = readonly number[]

const strength = z.number().min(0).max(1).default(0)

/**
 * Changes brightness, contrast and saturation by factors drawn from [1 - x, 1 + x], and turns the hue by up to `hue` of
 * the colour circle. As in torchvision's ColorJitter, except that the order is fixed and values are clipped once, at
 * the end: all four are one matrix, applied in one pass.
 */
export const colorJitter = defineTransform({
  name: 'colorJitter',
  options: z.strictObject({
    brightness: strength,
    contrast: strength,
    saturation: strength,
    hue: z.number().min(0).max(0.5).default(0),
  }),
  isIdentity: ({ brightness, contrast, saturation, hue }) =>
    brightness === 0 && contrast === 0 && saturation === 0 && hue === 0,
  pixels(image, options, random) {
    const brightness = factor(options.brightness, random)
    const contrast = factor(options.contrast, random)
    const saturation = factor(options.saturation, random)
    const turn = (random() * 2 - 1) * options.hue
    const colour = multiply(saturationMatrix(saturation), hueMatrix(turn)).map((value) => value * brightness * contrast)
    const offset = options.contrast === 0 ? 0 : (1 - contrast) * brightness * meanLuma(image.data)
    apply(image, colour, offset)
  },
})

function factor(strengthOf: number, random: Random): number {
  return 1 + (random() * 2 - 1) * strengthOf
}

/** Moves every colour away from (or towards) the grey of the same brightness. */
function saturationMatrix(amount: number): ColourMatrix {
  return [0, 1, 2].flatMap((row) => luma.map((share, column) => (1 - amount) * share + (row === column ? amount : 0)))
}

/** Turns colours around the grey axis in YIQ, which keeps brightness; `turn` 1 is once around. */
function hueMatrix(turn: number): ColourMatrix {
  const cosine = Math.cos(2 * Math.PI * turn)
  const sine = Math.sin(2 * Math.PI * turn)
  const still = [0.299, 0.587, 0.114, 0.299, 0.587, 0.114, 0.299, 0.587, 0.114]
  const even = [0.701, -0.587, -0.114, -0.299, 0.413, -0.114, -0.299, -0.587, 0.886]
  const odd = [0.168, 0.33, -0.497, -0.328, 0.035, 0.292, 1.25, -1.05, -0.203]
  return still.map((value, at) => value + even[at]! * cosine + odd[at]! * sine)
}

function multiply(left: ColourMatrix, right: ColourMatrix): number[] {
  return left.map((_, at) => {
    const row = at - (at % 3)
    const column = at % 3
    return left[row]! * right[column]! + left[row + 1]! * right[3 + column]! + left[row + 2]! * right[6 + column]!
  })
}

function apply({ data }: FloatImage, colour: ColourMatrix, offset: number): void {
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = colour as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at]!
    const green = data[at + 1]!
    const blue = data[at + 2]!
    data[at] = clip(rr * red + rg * green + rb * blue + offset)
    data[at + 1] = clip(gr * red + gg * green + gb * blue + offset)
    data[at + 2] = clip(br * red + bg * green + bb * blue + offset)
  }
}
