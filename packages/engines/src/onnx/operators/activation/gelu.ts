import { cubicFactor, isApproximate, tanhFactor } from '@graft/network/operators'
import { activation } from './activation.js'

export const geluRule = activation('Gelu', ({ math, call, x, dy }) => {
  const square = math.mul(x, x)
  if (isApproximate(call)) {
    const gate = math.unary('Tanh', math.mul(math.add(x, math.mul(math.mul(square, x), cubicFactor)), tanhFactor))
    const inner = math.mul(math.add(math.mul(square, 3 * cubicFactor), 1), tanhFactor)
    const slope = math.mul(math.mul(x, math.sub(1, math.mul(gate, gate))), inner)
    return math.mul(dy, math.mul(math.add(math.add(gate, 1), slope), 0.5))
  }
  const share = math.mul(math.add(math.unary('Erf', math.mul(x, Math.SQRT1_2)), 1), 0.5)
  const density = math.mul(math.unary('Exp', math.mul(square, -0.5)), 1 / Math.sqrt(2 * Math.PI))
  return math.mul(dy, math.add(share, math.mul(x, density)))
})
