import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { must } from '@graft/errors'
import { countMacs, countParameters, readNetwork, validateNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { describe, expect, it } from 'vitest'
import { usableNetworks } from './catalogue.js'
import { outlineOf } from './outlines.js'

const root = process.env.GRAFT_REAL_DATA ?? fileURLToPath(new URL('../../../../../shared/real', import.meta.url))
const mobilenet = `${root}/mobilenet_v1_0.75_224`
const isHere = existsSync(mobilenet)
if (!isHere) console.log(`skipped: no real network at ${mobilenet} (set GRAFT_REAL_DATA to where it is)`)

describe('the outline of a network', () => {
  it('is there for every network of the catalogue, sound, with as many parameters and as much work as it says', () => {
    for (const known of usableNetworks()) {
      const outline = must(outlineOf(known.name), `the outline of ${known.name}`)
      validateNetwork(outline)
      expect(outline.isOutline).toBe(true)
      expect(outline.stages.length, known.name).toBeGreaterThan(2)
      const [, height] = outline.input.shape
      expect(height, known.name).toBe(known.preprocessing.height)
      const { total } = countParameters(outline)
      // torchvision counts the heads beside Inception v3's own, which only its training needs.
      const least = known.family === 'Inception' ? 0.85 : 0.97
      expect(total / must(known.parameters, known.name), known.name).toBeGreaterThan(least)
      expect(total / must(known.parameters, known.name), known.name).toBeLessThan(1.03)
      const macs = [...countMacs(outline).values()].reduce((sum, value) => sum + value, 0)
      expect(macs / must(known.multiplyAdds, known.name), known.name).toBeGreaterThan(0.9)
    }
  })

  it.skipIf(!isHere)('is the very network that its file holds, but for its weights', async () => {
    const { network } = await readNetwork(await openModelFiles(mobilenet))
    const outline = must(outlineOf('tfjs:mobilenet_v1_0.75_224'), 'the outline')
    expect(outline.layers).toEqual(network.layers)
    expect(outline.stages).toEqual(network.stages)
    expect(outline.head?.names.length).toBe(network.head?.names.length)
    const shapes = (of: typeof network): unknown =>
      Object.entries(of.parameters).map(([key, { shape, trainable }]) => [key, shape, trainable])
    expect(shapes(outline)).toEqual(shapes(network))
  })

  it('is known of timm’s other names by their architecture, and of nothing else', () => {
    expect(outlineOf('timm:resnet26.bt_in1k')?.stages.length).toBeGreaterThan(4)
    expect(outlineOf('timm:no_such_network.x')).toBe(null)
    expect(outlineOf('hf:me/net')).toBe(null)
    expect(outlineOf('torchvision:nothing')).toBe(null)
  })

  it('takes another size of image where one is set', () => {
    expect(outlineOf('torchvision:resnet18', 160)?.input.shape).toEqual([3, 160, 160])
  })
})
