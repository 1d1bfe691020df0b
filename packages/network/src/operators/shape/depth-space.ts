import type { Operator } from '../../operator.js'
import { type AttributedCall, choiceAttribute, numberAttribute } from '../support/attributes.js'
import { featureMap, shapeError } from '../support/shape-support.js'
import { firstPlain, plainValue } from '../support/value-support.js'

/**
 * Moves channels into blocks of pixels. `DCR`: the block's channels come first (ONNX default); `CRD`: they come last
 * (PyTorch's pixel_shuffle).
 */
export const depthToSpace: Operator = {
  name: 'DepthToSpace',
  parameters: {},
  arity: 1,
  attributes: { blocksize: null, mode: 'DCR' },
  shape: (call) => {
    const [batch, channels, height, width] = featureMap(call)
    const block = blockSize(call)
    if (channels % (block * block) !== 0)
      throw shapeError(
        call,
        `channels divisible by ${block * block}`,
        'Change the number of channels or the blocksize.',
      )
    return [batch, channels / (block * block), height * block, width * block]
  },
  forward: (call) => {
    const { tf } = call
    const input = firstPlain(call)
    const [batch = 1, channels = 1, height = 1, width = 1] = input.shape
    const block = blockSize(call)
    const depth = channels / (block * block)
    const channelsFirst = isChannelsFirst(call)
    const split = channelsFirst
      ? [batch, depth, block, block, height, width]
      : [batch, block, block, depth, height, width]
    const moved = tf.transpose(tf.reshape(input, split), channelsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2])
    return plainValue(tf.reshape(moved, [batch, depth, height * block, width * block]))
  },
}

/** Moves blocks of pixels into channels, the block's channels first. */
export const spaceToDepth: Operator = {
  name: 'SpaceToDepth',
  parameters: {},
  arity: 1,
  attributes: { blocksize: null },
  shape: (call) => {
    const [batch, channels, height, width] = featureMap(call)
    const block = blockSize(call)
    if (height % block !== 0 || width % block !== 0)
      throw shapeError(
        call,
        `a height and width divisible by ${block}`,
        'Pad or resize the input, or change the blocksize.',
      )
    return [batch, channels * block * block, height / block, width / block]
  },
  forward: (call) => {
    const { tf } = call
    const input = firstPlain(call)
    const [batch = 1, channels = 1, height = 1, width = 1] = input.shape
    const block = blockSize(call)
    const split = tf.reshape(input, [batch, channels, height / block, block, width / block, block])
    return plainValue(
      tf.reshape(tf.transpose(split, [0, 3, 5, 1, 2, 4]), [
        batch,
        channels * block * block,
        height / block,
        width / block,
      ]),
    )
  },
}

/** Whether the channels that stay come before those of a block (`CRD`). */
export const isChannelsFirst = (call: AttributedCall): boolean =>
  choiceAttribute(call, 'mode', ['DCR', 'CRD']) === 'CRD'

/** Pixels along one side of a block. Throws NetworkError when it is not a whole number of at least 1. */
export function blockSize(call: AttributedCall): number {
  const block = numberAttribute(call, 'blocksize')
  if (Number.isInteger(block) && block >= 1) return block
  throw shapeError(
    { layer: call.layer, inputs: [] },
    `a whole blocksize of at least 1, it is ${block}`,
    'Correct the blocksize.',
  )
}
