import { cosine, sine } from './angle.js'
import { type Canvas, coverage, paint } from './canvas.js'
import { type Colour, mixColours, randomColour } from './colour.js'
import { blotches, type Field } from './noise.js'
import { between, chance, integerBetween, pick, type Random } from '../../random.js'
import { box, circle, line, polygon, type Shape } from './shapes.js'
import { turned } from './combine.js'

/** Paints a random backdrop over the whole canvas and returns the two colours it is mixed from. */
export function paintBackground(canvas: Canvas, random: Random): readonly [Colour, Colour] {
  const first = randomColour(random)
  const second = mixColours(first, randomColour(random), between(random, 0.15, 0.6))
  const field = randomField(random)
  paint(canvas, (x, y) => ({ colour: mixColours(first, second, field(x, y)), cover: 1 }))
  return [first, second]
}

function randomField(random: Random): Field {
  return pick(random, [linearGradient, radialGradient, roughBlotches, stripes, checks, horizon])(random)
}

function linearGradient(random: Random): Field {
  const turns = random()
  const [c, s] = [cosine(turns), sine(turns)]
  return (x, y) => Math.min(1, Math.max(0, 0.5 + 0.45 * (c * x + s * y)))
}

function radialGradient(random: Random): Field {
  const centre = circle(between(random, -0.6, 0.6), between(random, -0.6, 0.6), 0)
  return (x, y) => Math.min(1, centre(x, y) / 1.6)
}

function roughBlotches(random: Random): Field {
  const coarse = blotches(random, between(random, 2, 5))
  const fine = blotches(random, between(random, 7, 16))
  return (x, y) => 0.65 * coarse(x, y) + 0.35 * fine(x, y)
}

function stripes(random: Random): Field {
  const turns = random()
  const frequency = between(random, 1.5, 5)
  const [c, s] = [cosine(turns) * frequency, sine(turns) * frequency]
  return (x, y) => 0.5 + 0.5 * Math.max(-1, Math.min(1, 3 * sine(c * x + s * y)))
}

function checks(random: Random): Field {
  const frequency = between(random, 1, 2.5)
  const shift = random()
  return (x, y) => 0.5 + 0.5 * Math.max(-1, Math.min(1, 6 * sine(frequency * x + shift) * sine(frequency * y + shift)))
}

function horizon(random: Random): Field {
  const height = between(random, -0.2, 0.7)
  const tilt = between(random, -0.2, 0.2)
  return (x, y) => coverage(height + tilt * x - y, 16)
}

/** Scatters up to `most` small meaningless shapes. */
export function paintClutter(canvas: Canvas, random: Random, most: number): void {
  const count = integerBetween(random, 0, most)
  for (let index = 0; index < count; index++) {
    paintShape(canvas, randomScrap(random, between(random, 0.06, 0.24)), randomColour(random), between(random, 0.5, 1))
  }
}

/** Sometimes lays one larger scrap over the image, hiding part of what is there. */
export function paintOcclusion(canvas: Canvas, random: Random, probability: number): void {
  if (chance(random, probability))
    paintShape(canvas, randomScrap(random, between(random, 0.15, 0.3)), randomColour(random), 1)
}

function randomScrap(random: Random, size: number): Shape {
  const x = between(random, -1, 1)
  const y = between(random, -1, 1)
  const shape = pick<Shape>(random, [
    circle(x, y, size),
    box(x, y, size, size * between(random, 0.3, 1)),
    line(x, y, x + 3 * size, y, size * 0.3),
    polygon([x, y - size], [x + size, y + size], [x - size, y + size * 0.6]),
  ])
  return turned(shape, random(), x, y)
}

function paintShape(canvas: Canvas, shape: Shape, colour: Colour, cover: number): void {
  paint(canvas, (x, y) => {
    const covered = cover * coverage(shape(x, y), canvas.size / 2)
    return covered > 0 ? { colour, cover: covered } : null
  })
}
