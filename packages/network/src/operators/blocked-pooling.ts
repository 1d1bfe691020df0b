import type { TrainingCall } from '../operator.js'
import { flagAttribute, listAttribute } from './attributes.js'
import { blockedDomain } from './blocked-conv.js'
import { firstName, firstShape } from './gradient-support.js'

/** A max pooling in onnxruntime's blocked layout; null where it doesn't suit. */
export function blockedMaxPool(call: TrainingCall): string | null {
  const { blocked } = call.build
  const dilated = listAttribute(call, 'dilations').some((dilation) => dilation > 1)
  const input =
    blocked === null || dilated || flagAttribute(call, 'ceil_mode')
      ? null
      : blocked.toBlocked(firstName(call), firstShape(call))
  if (blocked === null || input === null) return null
  const attributes = {
    kernel_shape: listAttribute(call, 'kernel_shape'),
    strides: listAttribute(call, 'strides'),
    pads: listAttribute(call, 'pads'),
  }
  return blocked.fromBlocked(call.build.add('MaxPool', [input], attributes, blockedDomain), call.outputShape)
}
