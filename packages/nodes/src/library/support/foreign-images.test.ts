import type { Sample } from '@graft/graph-schema'
import { reinitialize } from '@graft/network'
import { beforeAll, describe, expect, it } from 'vitest'
import { embeddedBackbones, loadEmbeddedBackbone } from '../../backbones/index.js'
import type { EmbeddedBackbone } from '../../backbones/index.js'
import type { Network } from '@graft/network'
import { foreignTo } from './foreign-images.js'

const photo: Sample = { id: 'ants/1.jpg', label: 0, fingerprint: 'a', path: '/photos/ants/1.jpg' }
const drawn: Sample = {
  id: 'robot/1',
  label: 0,
  fingerprint: 'b',
  generated: { family: 'pictograms', classIndex: 0, index: 1, seed: 1, size: 64 },
}

describe('a network that was never meant for the images', () => {
  let network: Network
  beforeAll(async () => {
    network = (await loadEmbeddedBackbone(embeddedBackbones[0] as EmbeddedBackbone)).network
  })

  it('is the embedded one where images are files, not where they are drawn by Graft', () => {
    expect(foreignTo(network, [photo])).toBe('generated pictograms')
    expect(foreignTo(network, [drawn])).toBeNull()
  })

  it('is none of a person’s own, and none that has forgotten its weights', () => {
    expect(
      foreignTo({ ...network, provenance: { ...network.provenance, source: 'tfjs:mobilenet' } }, [photo]),
    ).toBeNull()
    expect(foreignTo(reinitialize(network, { seed: 1 }), [photo])).toBeNull()
    const late = reinitialize(network, { seed: 1, from: network.stages.at(-2)?.name ?? '' })
    expect(foreignTo(late, [photo])).toBe('generated pictograms')
  })
})
