import { flagAttribute, listAttribute } from '@graft/network/operators'
import { blockedDomain } from '../support/blocked-layout.js'
import { firstName, firstShape } from '../support/gradient-support.js'
import type { TrainingCall } from '../support/training-rule.js'

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
