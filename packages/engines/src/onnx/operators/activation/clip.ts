import { largestFloat } from '@graft/network/operators'
import { activation } from './activation.js'

/**
 * Decided by the result, which the next layer keeps anyway; at the limits themselves the gradient is 0, as in PyTorch's
 * ReLU6.
 */
export const clipRule = activation('Clip', ({ math, y, dy, value }) => {
  const [low, high] = [value('min'), value('max')]
  const passes = [
    ...(low > -largestFloat ? [math.above(y, low)] : []),
    ...(high < largestFloat ? [math.below(y, high)] : []),
  ]
  return passes.reduce((gradient, pass) => math.mul(gradient, pass), dy)
})
