import { mirrored, repeatedAround, subtract, union } from '../drawing/combine.js'
import { accent, body, detail, type Pictogram } from '../drawing/pictogram.js'
import { between, integerBetween } from '../../random.js'
import { box, circle, line, polygon, ring, starPoints } from '../drawing/shapes.js'

const star: Pictogram = {
  name: 'star',
  draw: (random) => [body(polygon(...starPoints(5, 1, between(random, 0.36, 0.5))))],
}

const heart: Pictogram = {
  name: 'heart',
  draw: (random) => {
    const lobe = between(random, 0.44, 0.52)
    return [
      body(
        union(
          circle(-0.44, -0.35, lobe),
          circle(0.44, -0.35, lobe),
          polygon([-0.88, -0.12], [-0.3, -0.5], [0.3, -0.5], [0.88, -0.12], [0, 0.95]),
        ),
      ),
    ]
  },
}

const arrow: Pictogram = {
  name: 'arrow',
  draw: (random) => {
    const shaft = between(random, 0.14, 0.24)
    const neck = between(random, 0, 0.3)
    return [
      body(
        polygon([-0.95, -shaft], [neck, -shaft], [neck, -0.62], [0.95, 0], [neck, 0.62], [neck, shaft], [-0.95, shaft]),
      ),
    ]
  },
}

const crescent: Pictogram = {
  name: 'crescent',
  draw: (random) => {
    const shift = between(random, 0.36, 0.55)
    return [body(subtract(circle(-0.1, 0, 0.9), circle(shift - 0.1, -0.1, 0.72)))]
  },
}

const cross: Pictogram = {
  name: 'cross',
  draw: (random) => {
    const arm = between(random, 0.17, 0.3)
    return [body(union(box(0, 0, arm, 0.9), box(0, 0, 0.9, arm)))]
  },
}

const gear: Pictogram = {
  name: 'gear',
  draw: (random) => {
    const tooth = box(0, -0.78, between(random, 0.12, 0.17), 0.2)
    const wheel = union(circle(0, 0, 0.68), repeatedAround(tooth, integerBetween(random, 7, 9)))
    return [body(subtract(wheel, circle(0, 0, between(random, 0.2, 0.34))))]
  },
}

const anchor: Pictogram = {
  name: 'anchor',
  draw: (random) => {
    const width = between(random, 0.08, 0.13)
    const hook = subtract(ring(0, 0.1, 0.7, width), box(0, -0.42, 1, 0.6))
    const barbs = mirrored(polygon([0.52, 0.12], [0.95, 0.12], [0.75, -0.16]))
    return [
      body(union(hook, barbs, line(0, -0.5, 0, 0.8, width), line(-0.36, -0.32, 0.36, -0.32, width))),
      accent(ring(0, -0.72, 0.18, 0.07)),
    ]
  },
}

const trafficLight: Pictogram = {
  name: 'traffic light',
  draw: (random) => {
    const half = between(random, 0.32, 0.42)
    return [
      body(box(0, -0.15, half, 0.82, 0.12)),
      accent(box(0, 0.84, 0.1, 0.18)),
      detail(union(circle(0, -0.66, 0.2), circle(0, -0.15, 0.2), circle(0, 0.36, 0.2))),
    ]
  },
}

export const symbols: readonly Pictogram[] = [star, heart, arrow, crescent, cross, gear, anchor, trafficLight]
