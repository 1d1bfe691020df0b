import { activation } from './activation.js'

export const leakyReluRule = activation('LeakyRelu', ({ math, x, dy, value }) =>
  math.where(math.greater(x, 0), dy, math.mul(dy, value('alpha'))),
)
