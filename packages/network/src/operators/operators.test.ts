import { describe, expect, it } from 'vitest'
import { refusalOf } from '@graft/errors/testing'
import type { AttributeValue } from '../network.js'
import type { Shape } from '../operator.js'
import { resolveAttributes } from '../resolve-attributes.js'
import { findOperator, operators } from './index.js'

function shapeOf(
  operator: string,
  inputs: readonly Shape[],
  attributes: Record<string, AttributeValue> = {},
  parameters: Record<string, Shape> = {},
): Shape {
  const layer = {
    name: 'block.1',
    operator,
    inputs: inputs.map((_, index) => `input${index}`),
    parameters: {},
    attributes,
  }
  return findOperator(operator).shape({ layer, attributes: resolveAttributes(layer), inputs, parameters })
}

describe('the list of operators', () => {
  it('has no name twice', () => {
    expect(new Set(operators.map(({ name }) => name)).size).toBe(operators.length)
  })

  it('names an unknown operator and what to do', () => {
    expect(refusalOf(() => findOperator('Loop'))).toMatch(
      /Unknown operator 'Loop'.*Expected one of: Abs, Add,.*cut it before/,
    )
  })
})

describe('shape rules', () => {
  it.each([
    ['Conv', [[2, 3, 224, 224]], { strides: [2, 2], pads: [3, 3, 3, 3] }, { weight: [64, 3, 7, 7] }, [2, 64, 112, 112]],
    ['Conv', [[1, 8, 9, 9]], { dilations: [2, 2], group: 8 }, { weight: [16, 1, 3, 3] }, [1, 16, 5, 5]],
    ['MaxPool', [[1, 4, 112, 112]], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, {}, [1, 4, 56, 56]],
    ['MaxPool', [[1, 4, 111, 112]], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }, {}, [1, 4, 55, 56]],
    // The second position would start in the padding behind the image: it doesn't count.
    ['AveragePool', [[1, 4, 2, 2]], { kernel_shape: [1, 1], strides: [2, 2], ceil_mode: 1 }, {}, [1, 4, 1, 1]],
    [
      'Add',
      [
        [2, 3, 4, 4],
        [3, 1, 1],
      ],
      {},
      {},
      [2, 3, 4, 4],
    ],
    ['Mul', [[2, 3]], { reversed: 1 }, { operand: [5, 2, 3] }, [5, 2, 3]],
    [
      'MatMul',
      [
        [2, 4, 5, 6],
        [6, 7],
      ],
      {},
      {},
      [2, 4, 5, 7],
    ],
    ['Flatten', [[2, 3, 4, 5]], {}, {}, [2, 60]],
    ['Reshape', [[2, 3, 4, 5]], { shape: [0, -1, 10] }, {}, [2, 6, 10]],
    ['Unsqueeze', [[2, 3]], { axes: [-1, 1] }, {}, [2, 1, 3, 1]],
    ['Slice', [[2, 10]], { starts: [-3], ends: [99], axes: [1] }, {}, [2, 3]],
    ['Slice', [[2, 10]], { starts: [9], ends: [-99], axes: [1], steps: [-3] }, {}, [2, 4]],
    ['Gather', [[2, 50, 8]], { indices: [0], axis: 1, scalar: 1 }, {}, [2, 8]],
    ['ReduceMean', [[2, 8, 7, 7]], { axes: [2, -1], keepdims: 0 }, {}, [2, 8]],
    [
      'Concat',
      [
        [2, 8, 7, 7],
        [2, 4, 7, 7],
      ],
      { axis: -3 },
      {},
      [2, 12, 7, 7],
    ],
    [
      'StandardisedConv',
      [[2, 3, 8, 8]],
      { strides: [2, 2] },
      { weight: [4, 3, 2, 2], gain: [4, 1, 1, 1] },
      [2, 4, 4, 4],
    ],
    ['ParameterValue', [[2, 49, 8]], {}, { value: [49, 8] }, [49, 8]],
    ['ClassToken', [[2, 49, 8]], {}, { token: [1, 1, 8] }, [2, 50, 8]],
    [
      'TableBias',
      [[2, 3, 4, 4]],
      { indices: Array.from({ length: 16 }, () => 6), shape: [1, 3, 4, 4] },
      { table: [7, 3] },
      [2, 3, 4, 4],
    ],
  ] as [string, Shape[], Record<string, AttributeValue>, Record<string, Shape>, Shape][])(
    '%s %j %j %j -> %j',
    (operator, inputs, attributes, parameters, expected) => {
      expect(shapeOf(operator, inputs, attributes, parameters)).toEqual(expected)
    },
  )

  it.each([
    [
      'Conv',
      [[1, 3, 8, 8]],
      {},
      { weight: [4, 6, 3, 3] },
      /Layer 'block.1' \(Conv\) got \[1, 3, 8, 8\]. Expected 6 input channels/,
    ],
    [
      'Conv',
      [[1, 3, 2, 2]],
      {},
      { weight: [4, 3, 3, 3] },
      /Expected at least 3 x 3 pixels after padding, it has 2 x 2.*larger images/,
    ],
    ['Conv', [[1, 3, 8, 8]], {}, { weight: [4, 3, 3, 3], bias: [5] }, /parameter 'bias' of shape \[4\], it has \[5\]/],
    [
      'Conv',
      [[1, 3, 8, 8]],
      { kernel_shape: [5, 5] },
      { weight: [4, 3, 3, 3] },
      /kernel_shape \[3, 3\] as in the weight, it is \[5, 5\]/,
    ],
    ['Conv', [[1, 48]], {}, { weight: [4, 3, 3, 3] }, /Expected a feature map/],
    ['Conv', [[1, 3, 8, 8]], { pads: [1, 1] }, { weight: [4, 3, 3, 3] }, /four pads/],
    ['Gemm', [[1, 3, 8, 8]], {}, { weight: [3, 4] }, /Expected a matrix.*Flatten/],
    ['Gemm', [[1, 512]], { transB: 1 }, { weight: [10, 256] }, /Expected 256 features/],
    [
      'Add',
      [
        [1, 3, 8, 8],
        [1, 3, 4, 4],
      ],
      {},
      {},
      /shapes that broadcast: \[1, 3, 8, 8\] and \[1, 3, 4, 4\]/,
    ],
    ['Add', [[1, 3]], {}, {}, /either two data inputs or one data input and a parameter 'operand'/],
    [
      'MatMul',
      [
        [1, 3],
        [4, 5],
      ],
      {},
      {},
      /don't multiply/,
    ],
    [
      'BatchNormalization',
      [[1, 3, 8, 8]],
      {},
      { scale: [4], shift: [3], mean: [3], variance: [3] },
      /parameter 'scale' of shape \[3\], it has \[4\]/,
    ],
    ['Reshape', [[2, 12]], { shape: [1, 12] }, {}, /as many elements.*dynamic batch/],
    ['Squeeze', [[2, 3]], { axes: [1] }, {}, /size 1 in the axes \[1\]/],
    [
      'Concat',
      [
        [1, 3, 8, 8],
        [1, 3, 7, 8],
      ],
      { axis: 1 },
      {},
      /agree in every axis but 1/,
    ],
    ['Transpose', [[1, 3, 8]], { perm: [0, 2, 2] }, {}, /perm that names each of the 3 axes once/],
    ['Softmax', [[1, 3]], { axis: 2 }, {}, /an axis between -2 and 1, not 2/],
    ['Dropout', [[1, 3]], { ratio: 1 }, {}, /a ratio of at least 0 and below 1/],
    ['GroupNormalization', [[1, 6, 2, 2]], { num_groups: 4 }, { scale: [6], shift: [6] }, /4 groups divide/],
    ['Pad', [[1, 3, 4]], { pads: [0, 0, 4, 0, 0, 0], mode: 'reflect' }, {}, /below the axis' size to reflect/],
    [
      'Pad',
      [[1, 3]],
      { pads: [0, 0, 0, 0], mode: 'wrap' },
      {},
      /mode = "wrap". Expected one of 'constant', 'reflect', 'edge'/,
    ],
    ['Gather', [[1, 3]], { indices: [3], axis: 1 }, {}, /indices between -3 and 2/],
    ['Slice', [[1, 3]], { starts: [2], ends: [1], axes: [1] }, {}, /keep at least one entry/],
    ['DepthToSpace', [[1, 6, 2, 2]], { blocksize: 2 }, {}, /channels divisible by 4/],
    ['ReduceMean', [[1, 3]], { axes: [] }, {}, /different axes to reduce/],
    ['ReduceMean', [[1, 3]], {}, {}, /has no attribute 'axes'/],
  ] as [string, Shape[], Record<string, AttributeValue>, Record<string, Shape>, RegExp][])(
    '%s refuses %j %j %j',
    (operator, inputs, attributes, parameters, message) => {
      expect(refusalOf(() => shapeOf(operator, inputs, attributes, parameters))).toMatch(message)
    },
  )
})
