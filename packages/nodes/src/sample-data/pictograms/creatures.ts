import { mirrored, turned, union } from '../drawing/combine.js'
import { accent, body, detail, type Pictogram } from '../drawing/pictogram.js'
import { between } from '../../random.js'
import { circle, ellipse, line, polygon } from '../drawing/shapes.js'

const apple: Pictogram = {
  name: 'apple',
  draw: (random) => {
    const lobe = between(random, 0.5, 0.58)
    return [
      body(mirrored(ellipse(0.28, 0.2, lobe, 0.68))),
      accent(union(line(0, -0.35, 0.08, -0.8, 0.06), turned(ellipse(0.36, -0.72, 0.3, 0.14), -0.06, 0.36, -0.72))),
    ]
  },
}

const butterfly: Pictogram = {
  name: 'butterfly',
  draw: (random) => {
    const upper = turned(ellipse(0.5, -0.38, 0.5, between(random, 0.3, 0.42)), -0.08, 0.5, -0.38)
    const lower = turned(ellipse(0.4, 0.42, 0.36, between(random, 0.24, 0.32)), 0.1, 0.4, 0.42)
    return [
      body(mirrored(union(upper, lower))),
      detail(mirrored(circle(0.55, -0.4, 0.15))),
      accent(union(ellipse(0, 0.05, 0.1, 0.68), mirrored(line(0, -0.5, 0.22, -0.92, 0.035)))),
    ]
  },
}

const cactus: Pictogram = {
  name: 'cactus',
  draw: (random) => {
    const arm = between(random, 0.12, 0.17)
    const left = union(line(-0.15, 0.2, -0.62, 0.2, arm), line(-0.62, 0.2, -0.62, between(random, -0.35, -0.1), arm))
    const right = union(line(0.15, 0, 0.6, 0, arm), line(0.6, 0, 0.6, between(random, -0.55, -0.3), arm))
    return [
      body(union(line(0, -0.7, 0, 0.6, 0.22), left, right)),
      accent(polygon([-0.48, 0.55], [0.48, 0.55], [0.34, 1], [-0.34, 1])),
    ]
  },
}

const cat: Pictogram = {
  name: 'cat',
  draw: (random) => {
    const ear = between(random, 0.75, 0.95)
    const whiskers = mirrored(union(line(0.25, 0.3, 0.95, 0.18, 0.03), line(0.25, 0.42, 0.92, 0.5, 0.03)))
    return [
      body(union(ellipse(0, 0.15, 0.8, 0.68), mirrored(polygon([0.15, -0.4], [0.72, -ear], [0.78, 0.05])))),
      detail(union(mirrored(ellipse(0.32, 0, 0.12, 0.16)), polygon([-0.1, 0.25], [0.1, 0.25], [0, 0.38]))),
      accent(whiskers),
    ]
  },
}

export const creatures: readonly Pictogram[] = [apple, butterfly, cactus, cat]
