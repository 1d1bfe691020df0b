import { conformanceCase, layer } from '../conformance-case.js'
import type { CaseOptions, ConformanceCase, LayerOptions, LayerSketch } from '../conformance-case.js'

const flattened = layer('Flatten')
const sequence = layer('Reshape', { attributes: { shape: [0, 3, -1] } })

const batchNormalization = (
  channels: number,
  statistics: 'frozen' | 'batch',
  attributes: LayerOptions['attributes'] = {},
): LayerSketch =>
  layer('BatchNormalization', {
    statistics,
    attributes,
    parameters: { scale: [channels], shift: [channels], mean: [channels], variance: [channels] },
    positive: ['variance'],
    constant: ['mean', 'variance'],
  })

const perChannel = (operator: string, channels: number, attributes: LayerOptions['attributes'] = {}): LayerSketch =>
  layer(operator, { attributes, parameters: { scale: [channels], shift: [channels] } })

export const normalizationCases: readonly ConformanceCase[] = [
  ...(['frozen', 'batch'] as const).flatMap((statistics) => [
    conformanceCase('BatchNormalization', `${statistics} statistics on a map`, [batchNormalization(3, statistics)]),
    conformanceCase(
      'BatchNormalization',
      `${statistics} statistics on a vector`,
      [flattened, batchNormalization(6, statistics)],
      { input: [3, 2, 1], batch: 5 },
    ),
    conformanceCase('BatchNormalization', `${statistics} statistics on a sequence`, [
      sequence,
      batchNormalization(3, statistics),
    ]),
    conformanceCase(
      'BatchNormalization',
      `${statistics} statistics, batch 1, large epsilon`,
      [batchNormalization(3, statistics, { epsilon: 1e-2, momentum: 0.99 })],
      { batch: 1 },
    ),
    conformanceCase(
      'BatchNormalization',
      `${statistics} statistics after a convolution, the order of slots mixed up`,
      [
        layer('Conv', { parameters: { weight: [4, 3, 1, 1], bias: [4] } }),
        layer('BatchNormalization', {
          statistics,
          parameters: { variance: [4], mean: [4], shift: [4], scale: [4] },
          positive: ['variance'],
          constant: ['mean', 'variance'],
        }),
      ],
      { batch: 3 },
    ),
  ]),
  conformanceCase('BatchNormalization', 'frozen statistics on a 1x1 map', [batchNormalization(3, 'frozen')], {
    input: [3, 1, 1],
  }),
  layerNormalization('over the last axis of a sequence', [sequence], [6], {}, { input: [3, 2, 3] }),
  layerNormalization('over the last axis of a map', [], [4], { epsilon: 1e-6 }),
  layerNormalization('over channels, height and width', [], [3, 5, 4], { axis: 1 }),
  layerNormalization(
    'channels-last and back, as in ConvNeXt',
    [layer('Transpose', { attributes: { perm: [0, 2, 3, 1] } })],
    [3],
    {},
  ),
  conformanceCase(
    'LayerNormalization',
    'without shift',
    [flattened, layer('LayerNormalization', { parameters: { scale: [12] } })],
    { input: [3, 2, 2] },
  ),
  conformanceCase('InstanceNormalization', 'on a map', [perChannel('InstanceNormalization', 3)]),
  conformanceCase('InstanceNormalization', 'on a sequence, large epsilon', [
    sequence,
    perChannel('InstanceNormalization', 3, { epsilon: 0.1 }),
  ]),
  conformanceCase('InstanceNormalization', 'batch 1', [perChannel('InstanceNormalization', 3)], { batch: 1 }),
  conformanceCase('GroupNormalization', 'two groups', [perChannel('GroupNormalization', 4, { num_groups: 2 })], {
    input: [4, 3, 2],
  }),
  conformanceCase('GroupNormalization', 'one group', [perChannel('GroupNormalization', 3, { num_groups: 1 })], {
    batch: 3,
  }),
  conformanceCase(
    'GroupNormalization',
    'every channel its own group',
    [perChannel('GroupNormalization', 3, { num_groups: 3, epsilon: 1e-3 })],
    { batch: 1 },
  ),
  conformanceCase(
    'GroupNormalization',
    'on a sequence',
    [layer('Reshape', { attributes: { shape: [0, 4, -1] } }), perChannel('GroupNormalization', 4, { num_groups: 2 })],
    { input: [4, 3, 2] },
  ),
]

function layerNormalization(
  title: string,
  before: readonly LayerSketch[],
  scale: readonly number[],
  attributes: LayerOptions['attributes'],
  options: CaseOptions = {},
): ConformanceCase {
  return conformanceCase(
    'LayerNormalization',
    title,
    [...before, layer('LayerNormalization', { attributes: attributes ?? {}, parameters: { scale, shift: scale } })],
    options,
  )
}
