import { intersect, mirrored, repeatedAround, subtract, turned, union } from '../drawing/combine.js'
import { accent, body, detail, type Pictogram } from '../drawing/pictogram.js'
import { between } from '../../random.js'
import { box, circle, ellipse, line, polygon, ring } from '../drawing/shapes.js'

const car: Pictogram = {
  name: 'car',
  draw: (random) => {
    const roof = between(random, -0.55, -0.38)
    return [
      body(union(box(0, 0.12, 0.95, 0.24, 0.1), polygon([-0.6, -0.05], [-0.38, roof], [0.3, roof], [0.62, -0.05]))),
      accent(union(circle(-0.52, 0.38, 0.23), circle(0.52, 0.38, 0.23))),
      detail(polygon([-0.4, -0.1], [-0.26, roof + 0.1], [0.2, roof + 0.1], [0.4, -0.1])),
    ]
  },
}

const sailboat: Pictogram = {
  name: 'sailboat',
  draw: (random) => {
    const bow = between(random, 0.45, 0.65)
    return [
      body(polygon([-0.9, 0.45], [0.9, 0.45], [bow, 0.88], [-0.6, 0.88])),
      accent(
        union(polygon([0.08, -0.95], [0.8, 0.28], [0.08, 0.28]), polygon([-0.06, -0.75], [-0.06, 0.28], [-0.62, 0.28])),
      ),
      detail(line(0, -0.95, 0, 0.45, 0.05)),
    ]
  },
}

const rocket: Pictogram = {
  name: 'rocket',
  draw: (random) => {
    const half = between(random, 0.24, 0.34)
    const hull = union(box(0, 0.15, half, 0.5), intersect(ellipse(0, -0.35, half, 0.65), box(0, -0.7, 1, 0.36)))
    return [
      accent(
        union(
          mirrored(polygon([half, 0.1], [0.68, 0.75], [half, 0.6])),
          polygon([-0.18, 0.65], [0.18, 0.65], [0, 1.05]),
        ),
      ),
      body(hull),
      detail(circle(0, -0.2, 0.15)),
    ]
  },
}

const wheel: Pictogram = {
  name: 'spoked wheel',
  draw: (random) => {
    const rim = between(random, 0.08, 0.14)
    return [
      body(union(ring(0, 0, 0.82, rim), circle(0, 0, 0.17))),
      accent(repeatedAround(line(0, -0.15, 0, -0.75, 0.05), 6)),
    ]
  },
}

const flag: Pictogram = {
  name: 'flag',
  draw: (random) => {
    const fly = between(random, 0.75, 0.95)
    const notch = between(random, 0, 0.35)
    return [
      accent(line(-0.65, -0.9, -0.65, 0.95, 0.07)),
      body(polygon([-0.6, -0.88], [fly, -0.8], [fly - notch, -0.42], [fly, -0.02], [-0.6, -0.05])),
    ]
  },
}

const tent: Pictogram = {
  name: 'tent',
  draw: (random) => {
    const door = between(random, 0.2, 0.34)
    return [
      body(polygon([0, -0.75], [0.98, 0.75], [-0.98, 0.75])),
      detail(polygon([0, -0.1], [door, 0.75], [-door, 0.75])),
      accent(mirrored(line(0, -0.72, 0.16, -0.98, 0.05))),
    ]
  },
}

const bridge: Pictogram = {
  name: 'bridge',
  draw: (random) => {
    const span = between(random, 0.26, 0.34)
    const deck = subtract(box(0, 0.1, 1, 0.45), union(circle(-0.48, 0.6, span + 0.06), circle(0.48, 0.6, span + 0.06)))
    return [
      body(deck),
      accent(
        union(
          ...[-0.9, -0.45, 0, 0.45, 0.9].map((x) => line(x, -0.55, x, -0.35, 0.04)),
          line(-0.95, -0.55, 0.95, -0.55, 0.045),
        ),
      ),
    ]
  },
}

const umbrella: Pictogram = {
  name: 'umbrella',
  draw: (random) => {
    const canopy = intersect(circle(0, 0, 0.92), box(0, -0.55, 1, 0.55))
    const scallops = union(circle(-0.62, 0.06, 0.3), circle(0, 0.06, 0.3), circle(0.62, 0.06, 0.3))
    const handle = union(
      line(0, -0.2, 0, 0.72, 0.06),
      subtract(ring(0.18, 0.74, 0.18, 0.06), box(0.18, 0.52, 0.4, 0.22)),
    )
    return [accent(turned(handle, between(random, -0.01, 0.01))), body(subtract(canopy, scallops))]
  },
}

export const travel: readonly Pictogram[] = [car, sailboat, rocket, wheel, flag, tent, bridge, umbrella]
