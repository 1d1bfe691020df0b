import { mirrored, subtract, turned, union } from '../drawing/combine.js'
import { accent, body, detail, type Pictogram } from '../drawing/pictogram.js'
import { between, integerBetween } from '../../random.js'
import { box, circle, line, polygon, ring } from '../drawing/shapes.js'

const key: Pictogram = {
  name: 'key',
  draw: (random) => {
    const width = between(random, 0.08, 0.12)
    const teeth = union(box(0.5, 0.2, 0.08, 0.2), box(0.8, 0.17, 0.08, 0.17))
    return [body(union(ring(-0.58, 0, 0.3, width + 0.02), line(-0.26, 0, 0.9, 0, width), teeth))]
  },
}

const hammer: Pictogram = {
  name: 'hammer',
  draw: (random) => {
    const head = between(random, 0.17, 0.25)
    return [
      accent(box(0, 0.25, 0.1, 0.7, 0.05)),
      body(union(box(0.12, -0.6, 0.42, head), polygon([-0.28, -0.6 - head], [-0.75, -0.45], [-0.28, -0.6 + head]))),
    ]
  },
}

const ladder: Pictogram = {
  name: 'ladder',
  draw: (random) => {
    const half = between(random, 0.32, 0.45)
    const rungs = integerBetween(random, 4, 6)
    const steps = Array.from({ length: rungs }, (_, index) => -0.75 + (1.5 * index) / (rungs - 1)).map((y) =>
      line(-half, y, half, y, 0.06),
    )
    return [accent(union(...steps)), body(mirrored(line(half, -0.95, half, 0.95, 0.08)))]
  },
}

const scissors: Pictogram = {
  name: 'scissors',
  draw: (random) => {
    const spread = between(random, 0.04, 0.08)
    const blade = turned(polygon([-0.09, 0.1], [0.09, 0.1], [0.02, -0.98]), spread)
    const grip = turned(union(ring(0, 0.62, 0.24, 0.08), line(0, 0.1, 0, 0.4, 0.08)), -spread - 0.02)
    return [body(mirrored(blade)), accent(mirrored(grip)), detail(circle(0, 0.1, 0.07))]
  },
}

const magnifier: Pictogram = {
  name: 'magnifier',
  draw: (random) => {
    const lens = between(random, 0.46, 0.58)
    return [
      accent(line(0.22, 0.22, 0.82, 0.82, 0.13)),
      detail(circle(-0.25, -0.25, lens)),
      body(ring(-0.25, -0.25, lens, 0.1)),
    ]
  },
}

const wrench: Pictogram = {
  name: 'wrench',
  draw: (random) => {
    const width = between(random, 0.12, 0.17)
    const jaw = subtract(circle(0, -0.66, 0.34), box(0, -0.86, 0.14, 0.28))
    return [
      body(
        turned(
          union(jaw, subtract(union(circle(0, 0.72, 0.24), box(0, 0.1, width, 0.62)), circle(0, 0.74, 0.1))),
          0.06,
        ),
      ),
    ]
  },
}

const padlock: Pictogram = {
  name: 'padlock',
  draw: (random) => {
    const half = between(random, 0.52, 0.66)
    return [
      accent(subtract(union(ring(0, -0.3, 0.4, 0.1), mirrored(box(0.4, -0.1, 0.1, 0.2))), box(0, 0.5, 1, 0.5))),
      body(box(0, 0.35, half, 0.52, 0.1)),
      detail(union(circle(0, 0.24, 0.14), box(0, 0.5, 0.06, 0.2))),
    ]
  },
}

export const tools: readonly Pictogram[] = [key, hammer, ladder, scissors, magnifier, wrench, padlock]
