import { type ConformanceCase, conformanceCase, layer, type LayerSketch } from '../conformance-case.js'

/** Layers that share their parameters: gradients are the sums over all uses, running statistics move with each. */
export const sharingCases: readonly ConformanceCase[] = [
  ...(['batch', 'frozen'] as const).map((statistics) =>
    conformanceCase(
      'BatchNormalization',
      `${statistics} statistics, shared by two views of an image`,
      [
        layer('Slice', {
          name: 'near',
          inputs: ['input'],
          attributes: { starts: [0, 0], ends: [4, 4], axes: [2, 3], steps: [1, 1] },
        }),
        layer('AveragePool', {
          name: 'far',
          inputs: ['input'],
          attributes: { kernel_shape: [3, 3], strides: [1, 1], pads: [0, 0, 0, 0] },
        }),
        ...block('one', 'near', statistics),
        ...block('other', 'far', statistics, 'one'),
        layer('Concat', { name: 'both', inputs: ['one.active', 'other.active'], attributes: { axis: 1 } }),
      ],
      { input: [4, 6, 6], kinks: 'rectifiers of many mixed inputs' },
    ),
  ),
  conformanceCase(
    'Mul',
    'by factors that two layers share',
    [
      layer('Mul', { name: 'first', inputs: ['input'], parameters: { operand: [3, 1, 1] } }),
      layer('Tanh', { name: 'between' }),
      layer('Mul', { name: 'second', shared: { operand: 'first.operand' } }),
    ],
    { input: [3, 2, 2] },
  ),
]

/** A convolution, its normalisation and a rectifier, with parameters of its own or those of another one. */
function block(name: string, input: string, statistics: 'batch' | 'frozen', other?: string): readonly LayerSketch[] {
  const parametersOf = (of: string, shapes: Readonly<Record<string, readonly number[]>>): object =>
    other === undefined
      ? { parameters: shapes }
      : { shared: Object.fromEntries(Object.keys(shapes).map((slot) => [slot, `${other}.${of}.${slot}`])) }
  const channels = [6]
  return [
    layer('Conv', {
      name: `${name}.conv`,
      inputs: [input],
      attributes: { pads: [1, 1, 1, 1] },
      ...parametersOf('conv', { weight: [6, 4, 3, 3] }),
    }),
    layer('BatchNormalization', {
      name: `${name}.norm`,
      statistics,
      positive: ['variance'],
      constant: ['mean', 'variance'],
      ...parametersOf('norm', { scale: channels, shift: channels, mean: channels, variance: channels }),
    }),
    layer('Relu', { name: `${name}.active` }),
  ]
}
