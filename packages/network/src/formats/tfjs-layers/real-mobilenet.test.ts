import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { inferShapes } from '../../infer-shapes.js'
import { stripHead } from '../../surgery/strip-head.js'
import { readNetwork } from '../index.js'
import { openModelFiles } from '../model-files-node.js'

const directory = `${process.env.GRAFT_REAL_DATA ?? fileURLToPath(new URL('../../../../../../shared/real', import.meta.url))}/mobilenet_v1_0.75_224`
const there = existsSync(directory)
if (!there)
  console.log(
    `skipped: no real data at ${directory}; set GRAFT_REAL_DATA to the directory that holds mobilenet_v1_0.75_224`,
  )

describe.skipIf(!there)('the MobileNet v1 that TensorFlow.js publishes', () => {
  it('is read as logits with a stage per resolution, class names and preprocessing', async () => {
    const { network, tensors } = await readNetwork(await openModelFiles(directory))
    expect(network.stages.map((stage) => [stage.name, stage.layers[0]])).toEqual([
      ['stem', 'conv1'],
      ['stage1', 'conv_dw_2'],
      ['stage2', 'conv_dw_4'],
      ['stage3', 'conv_dw_6'],
      ['stage4', 'conv_dw_12'],
      ['head', 'global_average_pooling2d_1'],
    ])
    expect(inferShapes(network, 2).get(network.output)).toEqual([2, 1000])
    expect(network.head?.names.slice(0, 2)).toEqual(['tench, Tinca tinca', 'goldfish, Carassius auratus'])
    expect(new Set(network.head?.names).size).toBe(1000)
    expect(network.preprocessing.mean).toEqual([0.5, 0.5, 0.5])
    expect(network.provenance.history).toContain('Softmax act_softmax removed, so that the result is logits')
    expect(tensors.size).toBe(Object.keys(network.parameters).length)
  })

  it('gives 768 features without its head', async () => {
    const stripped = stripHead((await readNetwork(await openModelFiles(directory))).network)
    expect(inferShapes(stripped).get(stripped.output)).toEqual([1, 768, 7, 7])
  })
})
