import type { GraphMath } from '../support/graph-math.js'
import { activation } from './activation.js'

export const hardSigmoidRule = activation('HardSigmoid', ({ math, y, dy, value }) =>
  math.mul(dy, slope(math, y, value('alpha'))),
)

export const hardSwishRule = activation('HardSwish', ({ math, x, dy, hardSigmoidOf }) => {
  const gate = hardSigmoidOf(1 / 6, 0.5)
  return math.mul(dy, math.add(gate, math.mul(x, slope(math, gate, 1 / 6))))
})

const slope = (math: GraphMath, y: string, alpha: number): string =>
  math.mul(math.mul(math.above(y, 0), math.below(y, 1)), alpha)
