import { mirrored, subtract, turned, union } from '../drawing/combine.js'
import { accent, body, detail, type Pictogram } from '../drawing/pictogram.js'
import { between } from '../../random.js'
import { box, circle, ellipse, line, polygon, ring } from '../drawing/shapes.js'

const airplane: Pictogram = {
  name: 'airplane',
  draw: (random) => {
    const sweep = between(random, 0.15, 0.4)
    const wings = mirrored(polygon([0.05, -0.22], [0.95, sweep], [0.95, sweep + 0.16], [0.05, 0.25]))
    return [
      accent(union(wings, mirrored(polygon([0.05, 0.6], [0.42, 0.85], [0.42, 0.97], [0.05, 0.85])))),
      body(ellipse(0, 0, 0.15, 0.98)),
    ]
  },
}

const bicycle: Pictogram = {
  name: 'bicycle',
  draw: (random) => {
    const wheel = between(random, 0.32, 0.4)
    const frame = union(
      line(-0.55, 0.4, -0.2, -0.2, 0.045),
      line(-0.2, -0.2, 0.4, -0.2, 0.045),
      line(-0.2, -0.2, 0, 0.4, 0.045),
      line(0, 0.4, 0.4, -0.2, 0.045),
      line(-0.55, 0.4, 0, 0.4, 0.045),
      line(0.35, -0.45, 0.55, 0.4, 0.045),
    )
    return [
      accent(union(ring(-0.55, 0.4, wheel, 0.06), ring(0.55, 0.4, wheel, 0.06))),
      body(union(frame, line(-0.36, -0.3, -0.1, -0.3, 0.07), line(0.35, -0.45, 0.6, -0.5, 0.06))),
    ]
  },
}

const crown: Pictogram = {
  name: 'crown',
  draw: (random) => {
    const dip = between(random, -0.1, 0.15)
    return [
      body(polygon([-0.9, -0.5], [-0.45, dip], [0, -0.75], [0.45, dip], [0.9, -0.5], [0.72, 0.5], [-0.72, 0.5])),
      accent(union(box(0, 0.62, 0.74, 0.13), circle(0, -0.78, 0.11), mirrored(circle(0.9, -0.54, 0.11)))),
    ]
  },
}

const guitar: Pictogram = {
  name: 'guitar',
  draw: (random) => {
    const waist = between(random, 0.28, 0.36)
    const tilt = 0.06
    return [
      body(turned(union(circle(0, 0.55, 0.44), circle(0, 0.05, waist)), tilt)),
      accent(turned(union(box(0, -0.5, 0.08, 0.5), box(0, -0.95, 0.15, 0.13)), tilt)),
      detail(turned(union(circle(0, 0.28, 0.14), box(0, 0.68, 0.2, 0.05)), tilt)),
    ]
  },
}

const bulb: Pictogram = {
  name: 'light bulb',
  draw: (random) => {
    const glass = between(random, 0.54, 0.64)
    return [
      body(union(circle(0, -0.32, glass), polygon([-0.48, -0.05], [0.48, -0.05], [0.24, 0.48], [-0.24, 0.48]))),
      accent(union(box(0, 0.6, 0.26, 0.08, 0.04), box(0, 0.78, 0.22, 0.08, 0.04), box(0, 0.93, 0.12, 0.06))),
      detail(mirrored(union(line(0, 0.4, 0.14, -0.25, 0.035), line(0.14, -0.25, 0, -0.1, 0.035)))),
    ]
  },
}

const spectacles: Pictogram = {
  name: 'spectacles',
  draw: (random) => {
    const lens = between(random, 0.3, 0.38)
    const bridge = subtract(ring(0, 0.06, 0.16, 0.05), box(0, 0.3, 0.4, 0.25))
    return [
      detail(mirrored(circle(0.48, 0.1, lens))),
      body(mirrored(ring(0.48, 0.1, lens, 0.07))),
      accent(union(bridge, mirrored(line(0.8, -0.05, 0.98, -0.35, 0.06)))),
    ]
  },
}

export const belongings: readonly Pictogram[] = [airplane, bicycle, crown, guitar, bulb, spectacles]
