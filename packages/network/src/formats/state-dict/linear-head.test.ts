import { describe, expect, it } from 'vitest'
import { findArchitecture } from '../../architectures/index.js'
import { classifierHead } from '../../head.js'
import type { Network, Tensors } from '../../network.js'
import { addHead } from '../../surgery/add-head.js'
import { stripHead } from '../../surgery/strip-head.js'
import { loadTensors } from '../../values/tensors.js'
import { stateDictOf } from './state-dict-of.js'

const classNames = ['ant', 'bee']
const noBlobs = (): Promise<never> => Promise.reject(new Error('nothing is stored'))

async function withNewHead(name: string, task?: string): Promise<{ network: Network; tensors: Tensors }> {
  const built = findArchitecture(name).build({ classes: 3, inputSize: 64, seed: 1 })
  const known = { ...built, head: classifierHead(['a', 'b', 'c']) }
  const head = { classNames, pooling: 'average', hidden: [], dropout: 0.2, seed: 3, ...(task && { task }) } as const
  const network = addHead(stripHead(known), head)
  return { network, tensors: await loadTensors(network, noBlobs) }
}

const numbers = (data: ArrayLike<number | bigint> | undefined): readonly number[] => Array.from(data ?? [], Number)

describe('a new linear head of a network whose own classifier is another', () => {
  it('goes to both tokens of a distilled transformer', async () => {
    const { network, tensors } = await withNewHead('deit_tiny_distilled_patch16_224')
    const state = stateDictOf(network, tensors).tensors
    const weight = numbers(tensors.get('head.fc.weight')?.data)
    expect(weight).toHaveLength(2 * 192)
    for (const name of ['head.weight', 'head_dist.weight']) expect(numbers(state.get(name)?.data)).toEqual(weight)
  })

  it('is the convolution of SqueezeNet, above where its ReLU cuts off', async () => {
    const { network, tensors } = await withNewHead('squeezenet1_1')
    const state = stateDictOf(network, tensors).tensors
    expect(state.get('classifier.1.weight')?.shape).toEqual([2, 512, 1, 1])
    expect(numbers(state.get('classifier.1.weight')?.data)).toEqual(numbers(tensors.get('head.fc.weight')?.data))
    expect(numbers(state.get('classifier.1.bias')?.data)).toEqual([64, 64])
  })

  it('of classes that are answered one by one, which a shift would change, is refused', async () => {
    const { network, tensors } = await withNewHead('squeezenet1_1', 'multi-label')
    expect(() => stateDictOf(network, tensors)).toThrow(/is not that of PyTorch's/)
  })
})
