import { architectures, type Network, stripHead } from '@graft/network'
import { must } from '@graft/errors'
import { describe, expect, it } from 'vitest'
import { withInput } from './image-input.js'

const built = (id: string): Network =>
  must(
    architectures.find((architecture) => architecture.id === id),
    id,
  ).build({ classes: 3 })
const network = built('graftnet')

describe('Image Input', () => {
  it('leaves a network alone that gets such images already', () => {
    expect(withInput(network, {})).toBe(network)
    expect(withInput(network, { height: network.preprocessing.height })).toBe(network)
  })

  it('changes what the network sees, not what it has learned, and says so in its history', () => {
    const larger = withInput(network, { height: 96, resize: 'stretch' })
    expect(larger.preprocessing).toMatchObject({ height: 96, width: 96, resize: 'stretch', cropFraction: 1 })
    expect(larger.input.shape).toEqual([3, 96, 96])
    expect(larger.parameters).toBe(network.parameters)
    expect(larger.layers).toBe(network.layers)
    expect(larger.provenance.history.at(-1)).toBe('images of 96 x 96 pixels, the whole image, stretched')
  })

  it('lets it see the middle and the whole, of the size that is set', () => {
    const twice = withInput(stripHead(network), { height: 112, views: 'middleAndWhole' })
    expect(twice.input.shape).toEqual([3, 128, 128])
    expect(twice.preprocessing).toMatchObject({ height: 128, width: 128, resize: 'stretch' })
    expect(() => withInput(network, { views: 'middleAndWhole' })).toThrow(expect.objectContaining({ field: 'views' }))
  })

  it('does what is set where it is next to what the network has', () => {
    const cropped: Network = {
      ...network,
      preprocessing: { ...network.preprocessing, resize: 'crop', cropFraction: 0.875 },
    }
    const closer = withInput(cropped, { cropFraction: 0.88 })
    expect(closer.preprocessing.cropFraction).toBe(0.88)
    expect(closer.provenance.history.at(-1)).toContain('the middle 88%')
    expect(withInput(cropped, { cropFraction: 0.875 })).toBe(cropped)
  })

  it('refuses to move the middle of a network that sees both already', () => {
    const twice = withInput(stripHead(network), { views: 'middleAndWhole' })
    expect(withInput(twice, {})).toBe(twice)
    expect(() => withInput(twice, { height: 128 })).toThrow(expect.objectContaining({ field: 'height' }))
    expect(() => withInput(twice, { resize: 'crop' })).toThrow(expect.objectContaining({ field: 'resize' }))
  })

  it('refuses a size that the network can not work with, at the field that asks for it', () => {
    const tied = must(
      architectures.find(({ id }) => id.startsWith('vit')),
      'a transformer',
    ).build({ classes: 3 })
    const attempt = (): unknown => withInput(tied, { height: tied.preprocessing.height + 32 })
    expect(attempt).toThrow(expect.objectContaining({ field: 'height' }))
  })
})
