import type { AttributeValue } from '@graft/network'
import { conformanceCase, layer } from '../conformance-case.js'
import type { CaseOptions, ConformanceCase } from '../conformance-case.js'

type Attributes = Readonly<Record<string, AttributeValue>>

export const shapingCases: readonly ConformanceCase[] = [
  shaping('Flatten', 'a map', {}),
  shaping('Flatten', 'a negative axis', { axis: -3 }),
  conformanceCase('Flatten', 'after a convolution keeps channels first', [
    layer('Conv', { parameters: { weight: [2, 3, 2, 2] } }),
    layer('Flatten'),
  ]),
  shaping('Reshape', 'copies and infers', { shape: [0, -1, 2] }),
  shaping('Reshape', 'splits channels into groups', { shape: [0, 2, 2, 3, 3] }, { input: [4, 3, 3] }),
  shaping('Reshape', 'one rank-4 shape to another', { shape: [0, 6, -1, 2] }, { batch: 1 }),
  conformanceCase(
    'Reshape',
    'shuffles channels as in ShuffleNet',
    [
      layer('Reshape', { attributes: { shape: [0, 2, 3, 2, 2] } }),
      layer('Transpose', { attributes: { perm: [0, 2, 1, 3, 4] } }),
      layer('Reshape', { attributes: { shape: [0, -1, 2, 2] } }),
    ],
    { input: [6, 2, 2] },
  ),
  shaping('Transpose', 'to channels-last', { perm: [0, 2, 3, 1] }),
  shaping('Transpose', 'height and width', { perm: [0, 1, 3, 2] }),
  shaping('Transpose', 'channels-first from a plain map', { perm: [0, 3, 1, 2] }),
  conformanceCase('Transpose', 'there and back', [
    layer('Transpose', { attributes: { perm: [0, 2, 3, 1] } }),
    layer('Exp'),
    layer('Transpose', { attributes: { perm: [0, 3, 1, 2] } }),
  ]),
  conformanceCase('Transpose', 'five axes', [
    layer('Reshape', { attributes: { shape: [0, 3, 1, 5, 4] } }),
    layer('Transpose', { attributes: { perm: [2, 0, 4, 1, 3] } }),
    layer('Transpose', { attributes: { perm: [1, 0, 2, 3, 4] } }),
  ]),
  shaping('Squeeze', 'height and width', { axes: [2, 3] }, { input: [5, 1, 1] }),
  shaping('Squeeze', 'a negative axis', { axes: [-1] }, { input: [3, 4, 1] }),
  shaping('Unsqueeze', 'in the middle and at the end', { axes: [1, -1] }),
  conformanceCase(
    'Unsqueeze',
    'a vector back to a map',
    [layer('Flatten'), layer('Unsqueeze', { attributes: { axes: [2, 3] } })],
    { input: [3, 1, 2] },
  ),
  ...[1, 2, 3, -3].map((axis) =>
    conformanceCase('Concat', `a map with its transform along axis ${axis}`, [
      layer('Exp', { name: 'other' }),
      layer('Concat', { inputs: ['input', 'other', 'input'], attributes: { axis } }),
    ]),
  ),
  conformanceCase('Concat', 'one input', [layer('Concat', { attributes: { axis: 1 } })]),
  conformanceCase(
    'Concat',
    'vectors, batch 1',
    [
      layer('Flatten', { name: 'flat' }),
      layer('Exp', { name: 'other' }),
      layer('Concat', { inputs: ['flat', 'other'], attributes: { axis: -1 } }),
    ],
    { batch: 1 },
  ),
  conformanceCase('Concat', 'different channels', [
    layer('Conv', { name: 'wide', parameters: { weight: [4, 3, 1, 1] } }),
    layer('Concat', { inputs: ['wide', 'input'], attributes: { axis: 1 } }),
  ]),
  shaping('Slice', 'first half of the channels', { starts: [0], ends: [2], axes: [1] }, { input: [4, 3, 3] }),
  shaping('Slice', 'last half, to the end', { starts: [2], ends: [2147483647], axes: [1] }, { input: [4, 3, 3] }),
  shaping('Slice', 'negative positions and axes', { starts: [-3, 1], ends: [-1, 3], axes: [-2, -1] }),
  shaping('Slice', 'every second pixel', { starts: [0, 1], ends: [9, 9], axes: [2, 3], steps: [2, 2] }),
  shaping('Slice', 'step 3 along channels', { starts: [1], ends: [7], axes: [1], steps: [3] }, { input: [7, 2, 2] }),
  shaping('Slice', 'backwards', { starts: [-1, 3], ends: [-99, 0], axes: [3, 2], steps: [-1, -2] }),
  conformanceCase('Slice', 'no axes given, a sequence', [
    layer('Reshape', { attributes: { shape: [0, 3, 20] } }),
    layer('Slice', { attributes: { starts: [0, 1], ends: [99, 3] } }),
  ]),
  shaping('Gather', 'channels in another order', { indices: [2, 0, 2], axis: 1 }),
  shaping('Gather', 'a run along the width, negative axis', { indices: [1, 2, 3], axis: -1 }),
  shaping('Gather', 'a negative index', { indices: [-1, 0], axis: 2 }, { batch: 1 }),
  conformanceCase('Gather', 'the class token of a sequence', [
    layer('Reshape', { attributes: { shape: [0, 5, -1] } }),
    layer('Gather', { attributes: { indices: [0], axis: 1, scalar: 1 } }),
  ]),
  shaping('Gather', 'scalar on a map', { indices: [-1], axis: 1, scalar: 1 }),
  ...(['constant', 'reflect', 'edge'] as const).flatMap((mode) => [
    shaping('Pad', `${mode} around a map`, { pads: [0, 0, 1, 2, 0, 0, 3, 1], mode }),
    conformanceCase('Pad', `${mode} around a sequence`, [
      layer('Reshape', { attributes: { shape: [0, 3, 20] } }),
      layer('Pad', { attributes: { pads: [0, 1, 0, 0, 2, 2], mode } }),
    ]),
  ]),
  shaping('Pad', 'channels, with a value', { pads: [0, 1, 0, 0, 0, 2, 0, 0], value: -0.5 }),
  shaping('Pad', 'nothing', { pads: [0, 0, 0, 0, 0, 0, 0, 0] }, { batch: 1 }),
  ...['ReduceMean', 'ReduceSum', 'ReduceMax'].flatMap(reductionCases),
  ...['Softmax', 'LogSoftmax'].flatMap((operator) => [
    conformanceCase(operator, 'a vector', [layer('Flatten'), layer(operator)], { input: [5, 1, 1] }),
    shaping(operator, 'the last axis of a map', { axis: -1 }),
    shaping(operator, 'the channels of a map', { axis: 1 }),
    shaping(operator, 'the height of a map, batch 1', { axis: -2 }, { batch: 1 }),
    conformanceCase(operator, 'large logits', [layer('Flatten'), layer(operator, { attributes: { axis: 1 } })], {
      input: [4, 1, 1],
      values: [-60, 60],
      batch: 3,
    }),
  ]),
  ...(['nearest', 'linear'] as const).flatMap((mode) =>
    ([0, 1] as const).flatMap((half_pixel) => [
      shaping('Resize', `${mode}, half_pixel ${half_pixel}, twice the size`, {
        mode,
        half_pixel,
        height: 10,
        width: 8,
      }),
      shaping('Resize', `${mode}, half_pixel ${half_pixel}, smaller and larger`, {
        mode,
        half_pixel,
        height: 3,
        width: 7,
      }),
      shaping(
        'Resize',
        `${mode}, half_pixel ${half_pixel}, same size, batch 1`,
        { mode, half_pixel, height: 5, width: 4 },
        { batch: 1 },
      ),
      shaping(
        'Resize',
        `${mode}, half_pixel ${half_pixel}, from one pixel`,
        { mode, half_pixel, height: 3, width: 2 },
        { input: [3, 1, 1] },
      ),
    ]),
  ),
  ...(['nearest', 'linear', 'cubic'] as const).flatMap((mode) => [
    shaping('Resize', `${mode}, corners aligned`, { mode, half_pixel: 0, align_corners: 1, height: 9, width: 3 }),
    shaping('Resize', `${mode}, corners aligned, to one pixel`, {
      mode,
      half_pixel: 0,
      align_corners: 1,
      height: 1,
      width: 2,
    }),
  ]),
  shaping('Resize', 'cubic, larger', { mode: 'cubic', height: 10, width: 7 }),
  shaping('Resize', 'cubic, smaller, a coefficient of -0.5', {
    mode: 'cubic',
    height: 3,
    width: 2,
    cubic_coeff_a: -0.5,
  }),
  shaping('Resize', 'cubic, asymmetric', { mode: 'cubic', half_pixel: 0, height: 8, width: 5 }, { batch: 1 }),
  shaping('DepthToSpace', 'blocks of 2', { blocksize: 2 }, { input: [8, 3, 2] }),
  shaping('DepthToSpace', 'as pixel_shuffle', { blocksize: 2, mode: 'CRD' }, { input: [8, 3, 2], batch: 1 }),
  shaping('DepthToSpace', 'blocks of 3, batch 3', { blocksize: 3 }, { input: [9, 1, 2], batch: 3 }),
  shaping('SpaceToDepth', 'blocks of 2', { blocksize: 2 }, { input: [3, 4, 6] }),
  shaping('SpaceToDepth', 'blocks of 3, batch 1', { blocksize: 3 }, { input: [2, 3, 6], batch: 1 }),
  conformanceCase(
    'SpaceToDepth',
    'there and back',
    [layer('SpaceToDepth', { attributes: { blocksize: 2 } }), layer('DepthToSpace', { attributes: { blocksize: 2 } })],
    { input: [3, 4, 2] },
  ),
]

function shaping(operator: string, title: string, attributes: Attributes, options: CaseOptions = {}): ConformanceCase {
  return conformanceCase(operator, title, [layer(operator, { attributes })], options)
}

function reductionCases(operator: string): readonly ConformanceCase[] {
  const spaced: CaseOptions = { values: [-2, 2.1] }
  return [
    shaping(operator, 'height and width', { axes: [2, 3] }, spaced),
    shaping(operator, 'height and width, dropped', { axes: [-1, -2], keepdims: 0 }, spaced),
    shaping(operator, 'channels', { axes: [1], keepdims: 1 }, spaced),
    shaping(operator, 'channels, dropped', { axes: [1], keepdims: 0 }, spaced),
    shaping(operator, 'only the height, dropped', { axes: [2], keepdims: 0 }, { ...spaced, batch: 1 }),
    shaping(operator, 'channels and width, dropped', { axes: [1, 3], keepdims: 0 }, spaced),
    conformanceCase(
      operator,
      'the last axis of a sequence',
      [layer('Reshape', { attributes: { shape: [0, 3, 20] } }), layer(operator, { attributes: { axes: [-1] } })],
      spaced,
    ),
  ]
}
