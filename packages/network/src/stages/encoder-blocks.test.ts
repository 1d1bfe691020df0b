import { describe, expect, it } from 'vitest'
import { graftnet } from '../architectures/graftnet.js'
import { inferShapes } from '../infer-shapes.js'
import type { AttributeValue, Layer, Network, Parameter } from '../network.js'
import { addHead } from '../surgery/add-head.js'
import { cutAfter } from '../surgery/cut-after.js'
import { stripHead } from '../surgery/strip-head.js'
import { detectStages } from './detect-stages.js'

interface Plan {
  readonly blocks: number
  /** Name of a block's layers, by its number. */
  readonly nameOf: (block: number) => string
  /** Where a block normalises: before its parts (ViT), or behind their sums (the first transformers). */
  readonly normalises?: 'before' | 'behind'
  /** What becomes of the sequence: its first token, or the mean of all, normalised. */
  readonly ends?: 'token' | 'mean'
  readonly dropout?: boolean
}

const width = 4
const tokens = 5

/** A plain vision transformer on images of 8 x 8 with patches of 4 x 4. */
function transformer({ blocks, nameOf, normalises = 'before', ends = 'token', dropout = false }: Plan): Network {
  const layers: Layer[] = []
  const parameters: Record<string, Parameter> = {}
  const add = (
    name: string,
    operator: string,
    shapes: Record<string, readonly number[]> = {},
    attributes: Record<string, AttributeValue> = {},
    inputs: readonly string[] = [layers.at(-1)?.name ?? 'input'],
  ): string => {
    for (const [slot, shape] of Object.entries(shapes))
      parameters[`p${layers.length}.${slot}`] = {
        shape,
        trainable: true,
        source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 },
      }
    layers.push({
      name,
      operator,
      inputs,
      attributes,
      parameters: Object.fromEntries(Object.keys(shapes).map((slot) => [slot, `p${layers.length}.${slot}`])),
    })
    return name
  }
  const norm = (name: string, input?: string): string =>
    add(name, 'LayerNormalization', { scale: [width], shift: [width] }, {}, input === undefined ? undefined : [input])
  const linear = (name: string, input: string): string =>
    add(`${name}.bias`, 'Add', { operand: [width] }, {}, [add(name, 'MatMul', { weight: [width, width] }, {}, [input])])
  const attention = (name: string, input: string): string => {
    const [query = '', key = '', value = ''] = ['q', 'k', 'v'].map((part) => linear(`${name}.${part}`, input))
    const scores = add(`${name}.scores`, 'MatMul', {}, {}, [
      query,
      add(`${name}.turned`, 'Transpose', {}, { perm: [0, 2, 1] }, [key]),
    ])
    add(`${name}.softmax`, 'Softmax', {}, { axis: -1 }, [scores])
    if (dropout) add(`${name}.dropout`, 'Dropout')
    return linear(`${name}.out`, add(`${name}.weighted`, 'MatMul', {}, {}, [layers.at(-1)?.name ?? '', value]))
  }
  add('patches', 'Conv', { weight: [width, 3, 4, 4] }, { strides: [4, 4] })
  add('sequence', 'Reshape', {}, { shape: [0, width, tokens - 1] })
  add('turned', 'Transpose', {}, { perm: [0, 2, 1] })
  add('token', 'ClassToken', { token: [1, 1, width] })
  let stream = add('positions', 'Add', { operand: [1, tokens, width] })
  for (let block = 0; block < blocks; block++) {
    for (const [part, compute] of [
      ['attention', attention],
      ['mlp', linear],
    ] as const) {
      const name = `${nameOf(block)}.${part}`
      const input = normalises === 'before' ? norm(`${name}.norm`, stream) : stream
      stream = add(`${name}.sum`, 'Add', {}, {}, [stream, compute(name, input)])
      if (normalises === 'behind') stream = norm(`${name}.norm`)
    }
  }
  if (ends === 'token') {
    norm('norm')
    add('first', 'Gather', {}, { axis: 1, indices: [0], scalar: 1 })
  } else {
    add('mean', 'ReduceMean', {}, { axes: [1], keepdims: 0 })
    norm('norm')
  }
  add('classifier', 'Gemm', { weight: [7, width], bias: [7] }, { transB: 1 })
  return {
    ...graftnet.build({ classes: 4 }),
    input: { name: 'input', shape: [3, 8, 8] },
    layers,
    parameters,
    stages: [],
    output: 'classifier',
    head: null,
  }
}

const withStages = (network: Network): Network => ({ ...network, stages: detectStages(network) })
const spans = (network: Network): string[] =>
  detectStages(network).map(({ name, layers }) => `${name}: ${layers[0]} .. ${layers.at(-1)}`)
const nameless = (block: number): string => String.fromCharCode(97 + block)

describe('stages of a transformer', () => {
  it('are its blocks, between the embedding and the classifier, when names say nothing', () => {
    expect(spans(transformer({ blocks: 3, nameOf: nameless }))).toEqual([
      'stem: patches .. positions',
      'block1: a.attention.norm .. a.mlp.sum',
      'block2: b.attention.norm .. b.mlp.sum',
      'block3: c.attention.norm .. first',
      'head: classifier .. classifier',
    ])
  })

  it('are one per block when there are more than a dozen, under the names of the blocks', () => {
    const stages = detectStages(transformer({ blocks: 24, nameOf: (block) => `encoder.layers.${block}` }))
    expect(stages.map(({ name }) => name)).toEqual([
      'stem',
      ...Array.from({ length: 24 }, (_, block) => `layers.${block}`),
      'head',
    ])
  })

  it('are its blocks where an exporter called the layers of all blocks after the first (model files 6 and 8)', () => {
    const nameOf = (block: number): string => (block === 0 ? 'blocks.0' : nameless(block))
    expect(detectStages(transformer({ blocks: 6, nameOf })).map(({ name }) => name)).toEqual([
      'stem',
      ...Array.from({ length: 6 }, (_, block) => `block${block + 1}`),
      'head',
    ])
  })

  it('end behind the normalisation where that stands behind the sum', () => {
    expect(spans(transformer({ blocks: 2, nameOf: nameless, normalises: 'behind' }))).toEqual([
      'stem: patches .. positions',
      'block1: a.attention.q .. a.mlp.norm',
      'block2: b.attention.q .. first',
      'head: classifier .. classifier',
    ])
  })

  it('are found with dropout in the attention and a mean for a class token', () => {
    expect(spans(transformer({ blocks: 2, nameOf: nameless, ends: 'mean', dropout: true }))).toEqual([
      'stem: patches .. positions',
      'block1: a.attention.norm .. a.mlp.sum',
      'block2: b.attention.norm .. norm',
      'head: classifier .. classifier',
    ])
  })

  it('let the head be exchanged: the feature is the vector that the classifier read', () => {
    const network = withStages(transformer({ blocks: 2, nameOf: nameless }))
    const stripped = stripHead(network)
    expect(inferShapes(stripped, 3).get(stripped.output)).toEqual([3, width])
    const result = addHead(stripped, { classNames: ['p', 'q'], pooling: 'average', hidden: [], dropout: 0, seed: 1 })
    expect(inferShapes(result, 3).get(result.output)).toEqual([3, 2])
  })

  it.each([
    ['average', width],
    ['max', width],
    ['averageAndMax', 2 * width],
    ['none', tokens * width],
  ] as const)(
    'let the network be cut after a block: a new head with pooling %s reads all tokens',
    (pooling, inputs) => {
      const network = withStages(transformer({ blocks: 3, nameOf: nameless }))
      const result = addHead(cutAfter(network, 'block2'), {
        classNames: ['p', 'q'],
        pooling,
        hidden: [],
        dropout: 0,
        seed: 1,
      })
      expect(result.parameters['head.fc.weight']?.shape).toEqual([2, inputs])
      expect(inferShapes(result, 3).get(result.output)).toEqual([3, 2])
    },
  )
})
