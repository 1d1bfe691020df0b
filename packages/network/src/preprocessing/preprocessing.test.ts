import { describe, expect, it } from 'vitest'
import { graftnet } from '../architectures/graftnet.js'
import { filesInMemory } from '../formats/model-files.js'
import { encodeOnnxClassifier } from '../formats/onnx/encode-classifier.js'
import { readNetwork } from '../formats/read-network.js'
import type { Network, Preprocessing } from '../network.js'
import { addHead } from '../surgery/add-head.js'
import { freeze } from '../surgery/freeze.js'
import { stripHead } from '../surgery/strip-head.js'
import { loadTensors } from '../values/tensors.js'
import { describePreprocessing, explainPreprocessing } from './describe.js'
import { originOf } from './origin-of.js'
import { inOrder, nameOfScaling, scalingNamed } from './scalings.js'

const doubtful: Network = {
  ...graftnet.build({ classes: 3 }),
  preprocessingOrigin: { how: 'measured', reason: 'measured, but not clearly', certain: false },
}

describe('where preprocessing comes from (fault 1)', () => {
  it('goes along through surgery, into an exported file and back, doubt and all', async () => {
    const options = { classNames: ['ant', 'bee'], pooling: 'average', hidden: [], dropout: 0, seed: 1 } as const
    const network = freeze(addHead(stripHead(doubtful), options), { to: 'stage3', frozen: true })
    const file = encodeOnnxClassifier(network, await loadTensors(network, async () => null))
    const { network: read } = await readNetwork(filesInMemory({ 'model.onnx': file }))
    expect(originOf(read)).toEqual(doubtful.preprocessingOrigin)
    expect(explainPreprocessing(read)).toMatch(/Why: measured, but not clearly\. This is not certain: look up/)
  })

  it('is its own file for networks of Graft 0.1, or what their history says was assumed', () => {
    const { preprocessingOrigin: _, ...old } = doubtful
    expect(originOf(old)).toMatchObject({ how: 'file', certain: true })
    const history = ['preprocessing not in the file: ImageNet mean and deviation assumed']
    expect(originOf({ ...old, provenance: { ...old.provenance, history } })).toMatchObject({
      how: 'assumed',
      certain: false,
    })
  })
})

describe('scalings', () => {
  it('are known by name in either order, also where numbers were rounded', () => {
    expect(nameOfScaling(inOrder(scalingNamed('imagenet'), 'bgr'))).toContain('ImageNet')
    expect(nameOfScaling({ channelOrder: 'rgb', mean: [0.4998, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] })).toContain(
      '-1..1',
    )
    expect(nameOfScaling({ channelOrder: 'rgb', mean: [0.1, 0.2, 0.3], deviation: [0.5, 0.5, 0.5] })).toContain(
      '[0.1, 0.2, 0.3]',
    )
  })

  it('list their numbers in the order of the channels', () => {
    const turned = inOrder(scalingNamed('caffe'), 'rgb')
    expect(turned.mean.map((value) => Number((value * 255).toFixed(3)))).toEqual([123.68, 116.779, 103.939])
    expect(inOrder(turned, 'bgr')).toEqual(scalingNamed('caffe'))
  })
})

it('what became of scientific values is said first, in words that can be followed (fault 5)', () => {
  const base: Preprocessing = {
    height: 8,
    width: 8,
    resize: 'stretch',
    cropFraction: 1,
    interpolation: 'bilinear',
    channelOrder: 'rgb',
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
  }
  expect(describePreprocessing({ ...base, values: { rule: 'fixed range', from: -10, to: 30.5 } })).toMatch(
    /^First bring the values to 8 bits: .*-10 becomes black and 30\.5 white: round\(255 \(value - black\) \/ \(white - black\)\), clipped.* Resize/,
  )
  for (const rule of ['full range', 'own range'] as const)
    expect(describePreprocessing({ ...base, values: { rule } })).toMatch(/^First bring/)
  expect(describePreprocessing(base)).toMatch(/^Resize/)
})
