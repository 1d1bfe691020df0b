import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  architectures,
  encodeOnnxModel,
  inferShapes,
  type Layer,
  loadTensors,
  type Network,
  toOnnxModel,
} from '@graft/network'
import { must } from '@graft/errors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelValue } from '../../sdk/values.js'
import { createTestContext } from '../../testing/index.js'
import { addHead } from './add-head.js'
import { loadBackbone } from './load-backbone.js'
import { stripHead } from './strip-head.js'

// Fault 6 of "Files, folders and networks": backbones that were saved without a classifier.

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'graft-headless-'))
})
afterAll(() => rm(directory, { recursive: true }))

const graftnet = must(
  architectures.find(({ id }) => id === 'graftnet'),
  'GraftNet',
)

/** `include_top=False`: a feature map. With layers behind it: `pooling='avg'`, or `num_classes=0`, a feature vector. */
async function writeBackbone(file: string, behind: readonly Omit<Layer, 'inputs' | 'parameters'>[]): Promise<void> {
  const built = graftnet.build({ classes: null })
  const layers = [...built.layers]
  for (const layer of behind) layers.push({ ...layer, inputs: [layers.at(-1)?.name ?? ''], parameters: {} })
  const network: Network = { ...built, layers, output: layers.at(-1)?.name ?? '', stages: [] }
  const tensors = await loadTensors(network, async () => null)
  await writeFile(join(directory, file), encodeOnnxModel(toOnnxModel(network, tensors)))
}

const pool = { name: 'pooled', operator: 'GlobalAveragePool', attributes: {} }
const flatten = { name: 'features', operator: 'Flatten', attributes: { axis: 1 } }

describe('a backbone without a classifier (fault 6)', () => {
  it.each([
    ['a feature map', [], [1, 256, 4, 4]],
    ['a pooled map', [pool], [1, 256, 1, 1]],
    ['a feature vector', [pool, flatten], [1, 256]],
  ] as const)('that ends in %s passes Strip Head, and Add Head reads all its channels', async (name, behind, shape) => {
    const file = `${name.replaceAll(' ', '-')}.onnx`
    await writeBackbone(file, behind)
    const context = createTestContext({ directory })
    const { model } = await loadBackbone.run({
      params: loadBackbone.params.parse({ source: file }),
      inputs: {},
      context,
    })
    const stripped = await stripHead.run({ params: stripHead.params.parse({}), inputs: { model }, context })
    const feature = (stripped.model as ModelValue).network
    expect(inferShapes(feature).get(feature.output)).toEqual(shape)
    expect(context.messages('info').at(-1)).toMatch(/no classifier to remove/)
    for (const pooling of ['average', 'max', 'none'] as const) {
      const params = addHead.params.parse({ classes: 3, pooling })
      const headed = await addHead.run({ params, inputs: stripped as never, context })
      const { network } = headed.model as ModelValue
      expect(inferShapes(network).get(network.output)).toEqual([1, 3])
      const width = pooling === 'none' ? shape.slice(1).reduce<number>((product, length) => product * length, 1) : 256
      expect(network.parameters['head.fc.weight']?.shape).toEqual([3, width])
    }
  })
})
