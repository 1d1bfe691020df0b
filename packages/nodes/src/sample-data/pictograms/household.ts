import { intersect, mirrored, subtract, turned, union } from '../drawing/combine.js'
import { accent, body, detail, type Pictogram } from '../drawing/pictogram.js'
import { between } from '../../random.js'
import { box, circle, ellipse, line, polygon, ring } from '../drawing/shapes.js'

const house: Pictogram = {
  name: 'house',
  draw: (random) => {
    const eaves = between(random, -0.25, 0.05)
    return [
      body(box(0, (eaves + 0.9) / 2, 0.68, (0.9 - eaves) / 2)),
      accent(polygon([-0.92, eaves], [0, -0.95], [0.92, eaves])),
      detail(union(box(-0.28, 0.6, 0.17, 0.3), box(0.32, 0.4, 0.17, 0.16))),
    ]
  },
}

const cup: Pictogram = {
  name: 'cup',
  draw: (random) => {
    const base = between(random, 0.36, 0.58)
    return [
      accent(ring(0.58, 0.05, 0.32, between(random, 0.07, 0.11))),
      body(polygon([-0.72, -0.6], [0.6, -0.6], [base - 0.06, 0.75], [-base - 0.06, 0.75])),
      detail(ellipse(-0.06, -0.58, 0.62, 0.13)),
    ]
  },
}

const bottle: Pictogram = {
  name: 'bottle',
  draw: (random) => {
    const half = between(random, 0.26, 0.4)
    return [
      body(union(box(0, 0.4, half, 0.6, 0.1), box(0, -0.6, 0.12, 0.35), ellipse(0, -0.15, half * 0.9, 0.3))),
      accent(box(0, -0.9, 0.16, 0.1)),
      detail(box(0, 0.4, half * 0.75, 0.24)),
    ]
  },
}

const lamp: Pictogram = {
  name: 'lamp',
  draw: (random) => {
    const top = between(random, 0.2, 0.4)
    return [
      accent(union(line(0, -0.2, 0, 0.8, 0.07), box(0, 0.86, 0.46, 0.09, 0.05))),
      body(polygon([-top, -0.92], [top, -0.92], [0.72, -0.1], [-0.72, -0.1])),
    ]
  },
}

const chair: Pictogram = {
  name: 'chair',
  draw: (random) => {
    const leg = between(random, 0.07, 0.11)
    return [
      accent(union(box(-0.5, 0.58, leg, 0.4), box(0.5, 0.58, leg, 0.4))),
      body(union(box(-0.5, -0.4, leg * 1.3, 0.58), box(0, 0.12, 0.6, 0.12))),
    ]
  },
}

const clock: Pictogram = {
  name: 'clock',
  draw: (random) => {
    const rim = between(random, 0.09, 0.16)
    const hands = union(turned(line(0, 0, 0, -0.6, 0.05), random()), turned(line(0, 0, 0, -0.38, 0.07), random()))
    return [accent(circle(0, 0, 0.92)), body(circle(0, 0, 0.92 - rim)), detail(union(hands, circle(0, 0, 0.09)))]
  },
}

const bell: Pictogram = {
  name: 'bell',
  draw: (random) => {
    const mouth = between(random, 0.7, 0.88)
    const dome = intersect(circle(0, -0.3, 0.5), box(0, -0.6, 1, 0.4))
    return [
      accent(union(circle(0, 0.78, 0.18), circle(0, -0.85, 0.13))),
      body(union(dome, polygon([-0.5, -0.3], [0.5, -0.3], [0.6, 0.3], [mouth, 0.62], [-mouth, 0.62], [-0.6, 0.3]))),
    ]
  },
}

const envelope: Pictogram = {
  name: 'envelope',
  draw: (random) => {
    const half = between(random, 0.52, 0.68)
    return [body(box(0, 0, 0.92, half, 0.06)), detail(mirrored(line(0, half * 0.15, 0.86, -half * 0.9, 0.06)))]
  },
}

const shirt: Pictogram = {
  name: 'shirt',
  draw: (random) => {
    const hem = between(random, 0.42, 0.56)
    const cloth = polygon(
      [-0.35, -0.8],
      [0.35, -0.8],
      [0.98, -0.35],
      [0.74, 0.02],
      [0.48, -0.15],
      [hem, 0.88],
      [-hem, 0.88],
      [-0.48, -0.15],
      [-0.74, 0.02],
      [-0.98, -0.35],
    )
    return [body(subtract(cloth, circle(0, -0.85, 0.24)))]
  },
}

export const household: readonly Pictogram[] = [house, cup, bottle, lamp, chair, clock, bell, envelope, shirt]
