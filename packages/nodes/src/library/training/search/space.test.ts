import { describeCandidate } from '@graft/graph-schema'
import { architectures } from '@graft/network'
import { must } from '@graft/errors'
import { describe, expect, it } from 'vitest'
import type { ModelValue } from '../../../sdk/values.js'
import { searchParams } from './search-params.js'
import { chooseCandidates } from './space.js'

const modelOf = (id: string): ModelValue => {
  const found = must(
    architectures.find((architecture) => architecture.id === id),
    id,
  )
  const built = found.build({ classes: 3 })
  const preprocessing = { ...built.preprocessing, resize: 'crop', cropFraction: 0.875 } as const
  return { kind: 'model', network: { ...built, preprocessing, name: 'net' } }
}
const textsOf = (id: string, images: number, changes: object = {}): readonly string[] =>
  chooseCandidates(
    [modelOf(id)],
    searchParams.parse({ cuts: [0], images: ['asItIs', 'twice'], ...changes }),
    images,
  ).map(describeCandidate)

describe('the candidates of a search', () => {
  it('begin with the usual head on the middle and the whole of images, then with what the advisor takes', () => {
    expect(textsOf('graftnet', 100).slice(0, 2)).toEqual([
      'net, least squares on all stages, the middle and the whole of images',
      'net, least squares on all stages',
    ])
  })

  it('begin with what the advisor takes where that was not measured, or the network works for one size only', () => {
    expect(textsOf('graftnet', 2000)[0]).toBe('net, head on all stages')
    expect(textsOf('graftnet', 10)[0]).toBe('net, head on the last stage')
    expect(textsOf('graftnet', 100, { images: ['asItIs'] })[0]).toBe('net, least squares on all stages')
    const transformer = must(
      architectures.find(({ id }) => id.startsWith('vit')),
      'a transformer',
    )
    expect(textsOf(transformer.id, 100)[0]).toBe('net, least squares on all stages')
  })

  it('try other images once, with the first recipe, and say what they are', () => {
    const texts = textsOf('graftnet', 100, {
      images: ['whole', 'larger', 'largerWhole'],
      recipes: ['leastSquares', 'stages'],
    })
    expect(texts).toEqual([
      'net, least squares on all stages, whole images of 64 x 64 pixels',
      'net, least squares on all stages, images of 96 x 96 pixels',
      'net, least squares on all stages, whole images of 96 x 96 pixels',
    ])
  })
})
