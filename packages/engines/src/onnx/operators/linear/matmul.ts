import type { Shape } from '@graft/network'
import { firstName, firstShape, parameterName, parameterShape, sumToShape } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, LayerGradients, TrainingRule } from '../support/training-rule.js'

export const matmulRule: TrainingRule = { operator: 'MatMul', gradient: matmulGradient }

function matmulGradient(call: GradientCall): LayerGradients {
  const { build, gradient, outputShape } = call
  const math = graphMath(build)
  const left = firstName(call)
  const leftShape = firstShape(call)
  const right = call.inputs[1] ?? parameterName(call, 'weight')
  const rightShape = call.inputShapes[1] ?? parameterShape(call, 'weight')
  // A matrix on the right side serves every row of the left: one product over all of them.
  const flat = (name: string, shape: Shape): string =>
    rightShape.length === 2 && shape.length > 2 ? math.reshape(name, [-1, shape.at(-1) ?? 1]) : name
  const broadcast = (rows: number, columns: number): Shape => [...outputShape.slice(0, -2), rows, columns]
  const [rows, inner, columns] = [leftShape.at(-2) ?? 1, leftShape.at(-1) ?? 1, rightShape.at(-1) ?? 1]
  const byLeft = (): string => {
    const product = math.multiply(flat(gradient, outputShape), right, { transB: true })
    return rightShape.length === 2
      ? math.reshape(product, leftShape)
      : sumToShape(build, product, broadcast(rows, inner), leftShape)
  }
  const byRight = (): string => {
    const product = math.multiply(flat(left, leftShape), flat(gradient, outputShape), { transA: true })
    return rightShape.length === 2 ? product : sumToShape(build, product, broadcast(inner, columns), rightShape)
  }
  return {
    inputs: [call.needsInput[0] ? byLeft() : undefined, call.needsInput[1] ? byRight() : undefined],
    parameters: call.needsParameter.has('weight') ? { weight: byRight() } : {},
  }
}
