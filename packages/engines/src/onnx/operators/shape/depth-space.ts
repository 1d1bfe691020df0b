import { blockSize, isChannelsFirst } from '@graft/network/operators'
import { elementwiseGradient, firstShape } from '../support/gradient-support.js'
import type { TrainingRule } from '../support/training-rule.js'

export const depthToSpaceRule: TrainingRule = {
  operator: 'DepthToSpace',
  gradient: elementwiseGradient((math, { dy }, call) => {
    const shape = firstShape(call)
    const [batch = 1, channels = 1, height = 1, width = 1] = shape
    const block = blockSize(call)
    const split = math.reshape(dy, [batch, channels / (block * block), height, block, width, block])
    return math.reshape(math.transpose(split, isChannelsFirst(call) ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]), shape)
  }),
}

export const spaceToDepthRule: TrainingRule = {
  operator: 'SpaceToDepth',
  gradient: elementwiseGradient((math, { dy }, call) => {
    const shape = firstShape(call)
    const [batch = 1, channels = 1, height = 1, width = 1] = shape
    const block = blockSize(call)
    const split = math.reshape(dy, [batch, block, block, channels, height / block, width / block])
    return math.reshape(math.transpose(split, [0, 3, 4, 1, 5, 2]), shape)
  }),
}
