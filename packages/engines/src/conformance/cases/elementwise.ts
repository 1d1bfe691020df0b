import { conformanceCase, layer } from '../conformance-case.js'
import type { CaseOptions, ConformanceCase, LayerOptions } from '../conformance-case.js'

/**
 * Bounds of the inputs, chosen so that the function is defined; spaced values keep finite differences off the kinks.
 */
const unary: readonly (readonly [operator: string, bounds: readonly [number, number]])[] = [
  ['Relu', [-2, 2]],
  ['Sigmoid', [-5, 5]],
  ['Tanh', [-3, 3]],
  ['Softplus', [-6, 6]],
  ['Softsign', [-4, 4]],
  ['Erf', [-2.5, 2.5]],
  ['Exp', [-3, 2]],
  ['Log', [0.2, 4]],
  ['Sqrt', [0.2, 4]],
  ['Neg', [-2, 2]],
  ['Abs', [-2, 2]],
  ['Reciprocal', [0.4, 3]],
  ['Identity', [-2, 2]],
]

const activations: readonly (readonly [operator: string, title: string, attributes: LayerOptions['attributes']])[] = [
  ['LeakyRelu', 'default slope', {}],
  ['LeakyRelu', 'steep slope', { alpha: 0.3 }],
  ['Elu', 'default', {}],
  ['Elu', 'alpha 0.5', { alpha: 0.5 }],
  ['Selu', 'default', {}],
  ['Selu', 'own constants', { alpha: 1.2, gamma: 0.8 }],
  ['Celu', 'default', {}],
  ['Celu', 'alpha 2', { alpha: 2 }],
  ['HardSigmoid', 'default', {}],
  ['HardSigmoid', 'as PyTorch exports it', { alpha: 1 / 6, beta: 0.5 }],
  ['HardSwish', 'default', {}],
  ['Swish', 'default', {}],
  ['Swish', 'alpha 1.7', { alpha: 1.7 }],
  ['Mish', 'default', {}],
  ['Gelu', 'exact', {}],
  ['Gelu', 'tanh approximation', { approximate: 'tanh' }],
  ['Clip', 'ReLU6', { min: 0, max: 6 }],
  ['Clip', 'only a lower limit', { min: -1 }],
  ['Clip', 'only an upper limit', { max: 1 }],
  ['Clip', 'no limits', {}],
]

const slopes: readonly (readonly number[])[] = [[3, 1, 1], [1], [1, 3, 1, 1], [3, 5, 4]]

/** Five kinds of operand shapes against a map `[2, 3, 5, 4]`; the last makes the data input the smaller one. */
const operands: readonly (readonly [title: string, shape: readonly number[]])[] = [
  ['a scalar', []],
  ['one per channel', [3, 1, 1]],
  ['one per column', [4]],
  ['one per position', [1, 1, 5, 4]],
  ['everything', [3, 5, 4]],
]

export const elementwiseCases: readonly ConformanceCase[] = [
  ...unary.flatMap(([operator, values]) => [
    conformanceCase(operator, 'on a map', [layer(operator)], { values }),
    conformanceCase(operator, 'on a vector, batch 1', [layer('Flatten'), layer(operator)], {
      values,
      input: [3, 2, 2],
      batch: 1,
    }),
  ]),
  ...activations.flatMap(([operator, title, attributes]) => [
    conformanceCase(operator, `${title}, on a map`, [layer(operator, { attributes: attributes ?? {} })], {
      values: operator === 'Clip' ? [-8.03, 8.1] : [-4.03, 4],
    }),
    conformanceCase(
      operator,
      `${title}, on a vector, batch 3`,
      [layer('Flatten'), layer(operator, { attributes: attributes ?? {} })],
      { values: [-4.03, 4], input: [4, 2, 2], batch: 3 },
    ),
  ]),
  ...slopes.map((slope) =>
    conformanceCase('PRelu', `slope [${slope.join(', ')}]`, [layer('PRelu', { parameters: { slope } })], {
      values: [-2, 2],
    }),
  ),
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max'].flatMap(binaryCases),
  conformanceCase('Dropout', 'passes everything in evaluation, masks in training', [
    layer('Dropout', { attributes: { ratio: 0.4 } }),
  ]),
  conformanceCase('Dropout', 'ratio 0', [layer('Flatten'), layer('Dropout', { attributes: { ratio: 0 } })]),
]

function binaryCases(operator: string): readonly ConformanceCase[] {
  // Operands are tenths: never within a finite difference of these.
  const positive = { values: { repeat: [0.25, 0.65, 1.15, 1.75, 0.85] } } as const
  const withOperand = (
    shape: readonly number[],
    reversed: 0 | 1,
    before: readonly ReturnType<typeof layer>[] = [],
    options: CaseOptions = {},
    title = '',
  ): ConformanceCase =>
    conformanceCase(
      operator,
      title,
      [...before, layer(operator, { attributes: { reversed }, parameters: { operand: shape }, positive: ['operand'] })],
      { ...positive, ...options },
    )
  const mean = layer('ReduceMean', { name: 'mean', attributes: { axes: [2, 3] } })
  return [
    ...operands.flatMap(([title, shape]) =>
      ([0, 1] as const).map((reversed) =>
        withOperand(shape, reversed, [], {}, `operand: ${title}${reversed ? ', first' : ''}`),
      ),
    ),
    ...([0, 1] as const).map((reversed) =>
      conformanceCase(
        operator,
        `constant: one per channel${reversed ? ', first' : ''}`,
        [layer(operator, { attributes: { reversed }, parameters: { constant: [3, 1, 1] }, positive: ['constant'] })],
        positive,
      ),
    ),
    withOperand([1, 3, 5, 4], 0, [mean], {}, 'operand larger than the data'),
    conformanceCase(
      operator,
      'operand of rank 5',
      [
        layer(operator, {
          attributes: { reversed: 1 },
          parameters: { operand: [1, 1, 3, 5, 4] },
          positive: ['operand'],
        }),
        layer('Squeeze', { attributes: { axes: [0] } }),
      ],
      positive,
    ),
    withOperand([6], 0, [layer('Flatten')], { input: [3, 2, 1] }, 'operand on a vector'),
    conformanceCase(
      operator,
      'two data inputs of equal shape',
      [layer('Sqrt', { name: 'root' }), layer(operator, { inputs: ['input', 'root'] })],
      positive,
    ),
    conformanceCase(
      operator,
      'two data inputs, the second broadcast over the map',
      [mean, layer(operator, { inputs: ['input', 'mean'] })],
      positive,
    ),
    conformanceCase(
      operator,
      'two data inputs, the first broadcast over the channels',
      [
        layer('ReduceMean', { name: 'mean', attributes: { axes: [1] } }),
        layer(operator, { inputs: ['mean', 'input'] }),
      ],
      { ...positive, input: [3, 3, 3], batch: 1 },
    ),
    conformanceCase(
      operator,
      'a value with itself',
      [layer('Exp', { name: 'once' }), layer(operator, { inputs: ['once', 'once'] })],
      { ...positive, ...kinkOnTheDiagonal(operator) },
    ),
  ]
}

/** Min and Max of equal values have no derivative in either alone; only the values are compared. */
function kinkOnTheDiagonal(operator: string): CaseOptions {
  return operator === 'Min' || operator === 'Max' ? { withoutGradient: 'both operands are equal everywhere' } : {}
}
