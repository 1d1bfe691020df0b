import type { Operator, TrainingCall } from '../operator.js'
import { numberAttribute } from './attributes.js'
import { elementwiseGradient, firstName, firstShape, graphMath } from './gradient-support.js'
import { firstInput, shapeError } from './shape-support.js'
import { firstValue, mapValue } from './value-support.js'

/** Zeroes a random share of the values in training and scales the others up; passes everything through otherwise. */
export const dropout: Operator = {
  name: 'Dropout',
  parameters: {},
  arity: 1,
  attributes: { ratio: 0.5 },
  stochastic: true,
  shape: (call) => {
    const ratio = numberAttribute(call, 'ratio')
    if (ratio >= 0 && ratio < 1) return firstInput(call)
    throw shapeError(call, `a ratio of at least 0 and below 1, it is ${ratio}`, 'Correct the dropout ratio.')
  },
  forward: (call) => {
    const ratio = numberAttribute(call, 'ratio')
    if (!call.training || ratio === 0) return firstValue(call)
    return mapValue(firstValue(call), (tensor) => call.tf.dropout(tensor, ratio, undefined, call.seed))
  },
  toOnnx: ({ inputs, output }) => [{ operator: 'Identity', inputs, outputs: [output] }],
  trainingForward: (call) =>
    numberAttribute(call, 'ratio') === 0
      ? firstName(call)
      : graphMath(call.build).mul(firstName(call), keptShare(call)),
  gradient: elementwiseGradient((math, { dy }, call) =>
    numberAttribute(call, 'ratio') === 0 ? dy : math.mul(dy, keptShare(call)),
  ),
}

/** 0 where a value is dropped, the factor that keeps the mean elsewhere. */
function keptShare(call: TrainingCall): string {
  const math = graphMath(call.build)
  const ratio = numberAttribute(call, 'ratio')
  const uniform = call.build.uniform(call.layer.name, firstShape(call))
  return math.where(math.greater(ratio, uniform), 0, 1 / (1 - ratio))
}
