import { activation } from './activation.js'

export const mishRule = activation('Mish', ({ math, x, dy }) => {
  const gate = math.unary('Tanh', math.unary('Softplus', x))
  const slope = math.mul(math.sub(1, math.mul(gate, gate)), math.unary('Sigmoid', x))
  return math.mul(dy, math.add(gate, math.mul(x, slope)))
})
