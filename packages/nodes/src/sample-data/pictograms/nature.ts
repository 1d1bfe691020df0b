import { intersect, mirrored, repeatedAround, subtract, turned, union } from '../drawing/combine.js'
import { accent, body, detail, type Pictogram } from '../drawing/pictogram.js'
import { between, integerBetween } from '../../random.js'
import { box, circle, ellipse, line, polygon } from '../drawing/shapes.js'

const fir: Pictogram = {
  name: 'fir',
  draw: (random) => {
    const width = between(random, 0.6, 0.78)
    const tiers = [0, 1, 2].map((tier) =>
      polygon(
        [0, -1 + tier * 0.4],
        [width * (0.6 + tier * 0.2), -0.3 + tier * 0.45],
        [-width * (0.6 + tier * 0.2), -0.3 + tier * 0.45],
      ),
    )
    return [accent(box(0, 0.78, 0.13, 0.22)), body(union(...tiers))]
  },
}

const flower: Pictogram = {
  name: 'flower',
  draw: (random) => {
    const petal = ellipse(0, -0.58, between(random, 0.2, 0.3), 0.4)
    return [
      body(repeatedAround(petal, integerBetween(random, 5, 7))),
      accent(circle(0, 0, between(random, 0.22, 0.32))),
    ]
  },
}

const mushroom: Pictogram = {
  name: 'mushroom',
  draw: (random) => {
    const cap = intersect(ellipse(0, 0, 0.92, between(random, 0.75, 0.95)), box(0, -0.5, 1, 0.55))
    return [
      accent(box(0, 0.4, between(random, 0.2, 0.3), 0.5, 0.12)),
      body(cap),
      detail(union(circle(-0.4, -0.32, 0.15), circle(0.12, -0.5, 0.17), circle(0.5, -0.2, 0.12))),
    ]
  },
}

const cloud: Pictogram = {
  name: 'cloud',
  draw: (random) => {
    const top = between(random, 0.42, 0.55)
    return [
      body(
        union(
          circle(-0.55, 0.15, 0.38),
          circle(-0.1, -0.15, top),
          circle(0.5, 0.1, 0.42),
          box(0, 0.33, 0.65, 0.2, 0.18),
        ),
      ),
    ]
  },
}

const fish: Pictogram = {
  name: 'fish',
  draw: (random) => {
    const height = between(random, 0.36, 0.54)
    return [
      accent(
        union(
          polygon([0.45, 0], [0.98, -0.45], [0.85, 0], [0.98, 0.45]),
          polygon([-0.3, -height * 0.8], [0.2, -height - 0.3], [0.3, -height * 0.5]),
        ),
      ),
      body(ellipse(-0.2, 0, 0.75, height)),
      detail(circle(-0.6, -0.1, 0.1)),
    ]
  },
}

const carrot: Pictogram = {
  name: 'carrot',
  draw: (random) => {
    const top = between(random, 0.3, 0.42)
    return [
      accent(union(ellipse(0, -0.72, 0.1, 0.3), mirrored(turned(ellipse(0, -0.72, 0.1, 0.32), 0.08, 0, -0.42)))),
      body(polygon([-top, -0.42], [-top * 0.6, -0.54], [top * 0.6, -0.54], [top, -0.42], [0.03, 1], [-0.03, 1])),
      detail(union(line(-top * 0.8, -0.15, -0.05, -0.12, 0.04), line(0.05, 0.15, top * 0.55, 0.12, 0.04))),
    ]
  },
}

const leaf: Pictogram = {
  name: 'leaf',
  draw: (random) => {
    const side = between(random, 0.3, 0.5)
    const blade = turned(intersect(circle(-side, 0, 0.95), circle(side, 0, 0.95)), 0.1)
    const veins = [-0.35, 0, 0.35].map((y) => mirrored(line(0, y, 0.28, y - 0.2, 0.03)))
    return [
      accent(turned(line(0, 0.6, 0, 1.05, 0.06), 0.1)),
      body(blade),
      detail(turned(union(line(0, -0.6, 0, 0.7, 0.04), ...veins), 0.1)),
    ]
  },
}

const mountain: Pictogram = {
  name: 'mountain',
  draw: (random) => {
    const peak = between(random, -0.4, -0.1)
    const range = polygon([-1, 0.75], [peak, -0.85], [0.15, 0.05], [0.5, -0.4], [1, 0.75])
    return [
      body(range),
      detail(
        subtract(
          intersect(range, box(peak, -0.8, 0.5, 0.42)),
          polygon([peak - 0.5, -0.3], [peak - 0.1, -0.5], [peak + 0.05, -0.35], [peak + 0.5, -0.55], [peak + 0.5, 0]),
        ),
      ),
    ]
  },
}

export const nature: readonly Pictogram[] = [fir, flower, mushroom, cloud, fish, carrot, leaf, mountain]
