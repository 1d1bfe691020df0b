import { architectures } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { parseName } from './hubs.js'
import {
  catalogue,
  findNetwork,
  firstChoice,
  isBuildable,
  likeName,
  likeWord,
  speedOf,
  usableNetworks,
} from '../catalogue/index.js'

describe('the catalogue', () => {
  it('has at least 40 networks of all kinds, each by a name that a hub takes', () => {
    expect(catalogue().length).toBeGreaterThanOrEqual(40)
    for (const { name } of catalogue()) expect(parseName(name), name).not.toBe(null)
    expect(new Set(catalogue().map(({ name }) => name)).size).toBe(catalogue().length)
    const families = new Set(catalogue().map(({ family }) => family))
    for (const family of ['MobileNet', 'EfficientNet', 'ResNet', 'ConvNeXt', 'RegNet', 'Vision transformer', 'Swin'])
      expect(families).toContain(family)
  })

  it('says where every file is, and in what licence; torchvision’s with the start of their checksums', () => {
    for (const network of catalogue()) {
      expect(network.address ?? network.repository, network.name).toBeDefined()
      expect(network.licence, network.name).toBeDefined()
      if (network.name.startsWith('torchvision:')) expect(network.address).toContain(`-${network.sha256}`)
    }
  })

  it('offers only what can be built: each architecture is one of the list', () => {
    const known = architectures.flatMap(({ id, aliases }) => [id, ...aliases])
    for (const { name, architecture } of usableNetworks())
      expect(architecture === undefined || known.includes(architecture), name).toBe(true)
    expect(isBuildable({ architecture: 'no-such-network' })).toBe(false)
    const first = findNetwork(firstChoice)
    expect(first !== undefined && isBuildable(first)).toBe(true)
  })

  it('finds timm’s networks with a slash, and without their tag', () => {
    const full = 'timm:mobilenetv3_large_100.ra_in1k'
    for (const name of [full, 'timm/mobilenetv3_large_100.ra_in1k', 'timm:mobilenetv3_large_100'])
      expect(findNetwork(name)?.name).toBe(full)
    expect(findNetwork('timm:nothing')).toBeUndefined()
  })

  it('answers a name without its hub, or misspelt, with those that are like it', () => {
    expect(likeName('resnet18')).toMatch(/^Did you mean torchvision:resnet18 or timm:resnet18/)
    expect(likeName('torchvision:mobilenetv3_large_100')).toMatch(/^Did you mean timm:mobilenetv3_large_100/)
    expect(likeName('torchvision:resnet5O')).toMatch(/Did you mean "?torchvision:resnet50/)
    expect(likeName('resnt50')).toMatch(/^Did you mean torchvision:resnet50 or timm:resnet50/)
    expect(likeName('/models/of-mine.onnx')).toBe('')
    expect(likeWord('mobilnet')).toMatch(/^Did you mean "mobilenet"/)
    expect(likeWord('mobilenet')).toBe('')
  })

  it('tells how fast a network is by its work', () => {
    expect(['torchvision:mobilenet_v3_small', 'torchvision:resnet50', 'torchvision:vit_b_16'].map(speedOfName)).toEqual(
      ['fast', 'medium', 'slow'],
    )
  })
})

function speedOfName(name: string): string | null {
  const network = findNetwork(name)
  return network === undefined ? null : speedOf(network)
}
