import { activation } from './activation.js'

export const reluRule = activation('Relu', ({ math, y, dy }) => math.mul(math.above(y, 0), dy))
export const sigmoidRule = activation('Sigmoid', ({ math, y, dy }) => math.mul(dy, math.mul(y, math.sub(1, y))))
export const tanhRule = activation('Tanh', ({ math, y, dy }) => math.mul(dy, math.sub(1, math.mul(y, y))))
export const softplusRule = activation('Softplus', ({ math, x, dy }) => math.mul(dy, math.unary('Sigmoid', x)))
export const softsignRule = activation('Softsign', ({ math, x, dy }) => {
  const denominator = math.add(math.unary('Abs', x), 1)
  return math.div(dy, math.mul(denominator, denominator))
})
