import { activation } from './activation.js'

/**
 * With gate s and result y = x s: s + alpha (y - s y), which takes one pass less over the maps than any form with 1 -
 * s.
 */
export const swishRule = activation('Swish', ({ math, x, y, dy, value }) => {
  const alpha = value('alpha')
  const gate = math.unary('Sigmoid', alpha === 1 ? x : math.mul(x, alpha))
  const slope = math.sub(y, math.mul(gate, y))
  return math.mul(dy, math.add(gate, alpha === 1 ? slope : math.mul(slope, alpha)))
})
