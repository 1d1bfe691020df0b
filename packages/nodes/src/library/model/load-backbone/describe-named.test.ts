import { findArchitecture, imageNetClasses } from '@graft/network'
import { must } from '@graft/errors'
import { describe, expect, it } from 'vitest'
import { usableNetworks } from '../../../catalogue/index.js'
import { describeNamed } from './describe-named.js'

describe('a network by its name', () => {
  it.each(['torchvision:resnet50', 'torchvision:efficientnet_b1', 'timm:deit_small_patch16_224.fb_in1k'])(
    '%s has the preprocessing of these very weights, the class names, and the licence',
    (name) => {
      const known = must(
        usableNetworks().find((network) => network.name === name),
        name,
      )
      const built = findArchitecture(must(known.architecture, 'its architecture')).build({
        classes: 1000,
        inputSize: known.preprocessing.height,
      })
      const numbered = Array.from({ length: 1000 }, (_, index) => `class ${index}`)
      const { network } = describeNamed(
        {
          network: {
            ...built,
            head: { task: 'single-label', names: numbered },
            preprocessingOrigin: { how: 'assumed', reason: 'nothing says it', certain: false },
          },
          tensors: new Map(),
        },
        { label: `${name}@1`, licence: known.licence, network: known },
      )
      expect(network.preprocessing).toEqual(known.preprocessing)
      expect(network.preprocessingOrigin?.certain).toBe(true)
      expect(network.head?.names).toEqual(imageNetClasses)
      expect(network.provenance).toMatchObject({ source: `${name}@1`, licence: known.licence })
    },
  )
})
