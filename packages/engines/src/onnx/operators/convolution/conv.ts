import { listAttribute, numberAttribute } from '@graft/network/operators'
import { firstName, firstShape, parameterName, parameterShape } from '../support/gradient-support.js'
import type { TrainingRule } from '../support/training-rule.js'
import { writeConv } from './blocked-conv.js'
import { convGradient } from './conv-gradient.js'
import { convContext } from './conv-sizes.js'
import { suitsWinograd, winogradConv } from './conv-winograd.js'

export const convRule: TrainingRule = {
  operator: 'Conv',
  forward: (call) => {
    const context = convContext(call)
    return suitsWinograd(context.sizes)
      ? winogradConv(context)
      : writeConv(call.build, {
          input: firstName(call),
          inputShape: firstShape(call),
          outputShape: call.outputShape,
          weight: parameterName(call, 'weight'),
          weightShape: parameterShape(call, 'weight'),
          bias: call.parameters['bias'],
          strides: listAttribute(call, 'strides'),
          pads: listAttribute(call, 'pads'),
          dilations: listAttribute(call, 'dilations'),
          group: numberAttribute(call, 'group'),
        })
  },
  gradient: convGradient,
}
