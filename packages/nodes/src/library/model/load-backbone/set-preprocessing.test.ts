import { architectures, type Network, type Preprocessing } from '@graft/network'
import { must, textOf } from '@graft/errors'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { preprocessingParams } from './preprocessing-params.js'
import { setPreprocessing } from './set-preprocessing.js'

const schema = z.strictObject(preprocessingParams)
const built = must(
  architectures.find(({ id }) => id === 'graftnet'),
  'GraftNet',
).build({ classes: 3 })
const network: Network = {
  ...built,
  preprocessingOrigin: { how: 'assumed', reason: 'nothing says it', certain: false },
}

const set = (settings: z.input<typeof schema>): Network => setPreprocessing(network, schema.parse(settings))
const preprocessingOf = (settings: z.input<typeof schema>): Preprocessing => set(settings).preprocessing

describe('the preprocessing that is set in Load Backbone', () => {
  it('is what the file says where nothing is set', () => {
    expect(set({})).toBe(network)
  })

  it('is certain once the normalisation is chosen, and not by its size or order alone', () => {
    expect(set({ normalisation: 'imagenet' }).preprocessingOrigin).toEqual({
      how: 'set',
      reason: 'normalisation is set to imagenet',
      certain: true,
    })
    for (const settings of [{ height: 96 }, { channelOrder: 'bgr' }, { cropFraction: 0.9 }] as const)
      expect(set(settings).preprocessingOrigin?.certain).toBe(false)
  })

  it("takes the mean off blue first for caffe, as Keras's ResNet50 wants it", () => {
    const { channelOrder, mean, deviation } = preprocessingOf({ normalisation: 'caffe' })
    expect(channelOrder).toBe('bgr')
    expect(mean.map((value) => Number((value * 255).toFixed(3)))).toEqual([103.939, 116.779, 123.68])
    expect(deviation.map((value) => value * 255)).toEqual([1, 1, 1])
    expect(preprocessingOf({ normalisation: 'caffe', channelOrder: 'rgb' }).mean[0]).toBeCloseTo(123.68 / 255)
  })

  it('lists a known mean in the order of the channels', () => {
    expect(preprocessingOf({ normalisation: 'imagenet', channelOrder: 'bgr' })).toMatchObject({
      channelOrder: 'bgr',
      mean: [0.406, 0.456, 0.485],
      deviation: [0.225, 0.224, 0.229],
    })
  })

  it('is any mean and deviation, one number standing for all channels', () => {
    expect(preprocessingOf({ normalisation: 'custom', mean: [0.1, 0.2, 0.3], deviation: [0.4] })).toMatchObject({
      mean: [0.1, 0.2, 0.3],
      deviation: [0.4, 0.4, 0.4],
    })
  })

  it('has any size that the network works with, and any crop', () => {
    const sized = set({ height: 96, resize: 'crop', cropFraction: 0.95, interpolation: 'bicubic' })
    expect(sized.preprocessing).toMatchObject({
      height: 96,
      width: 96,
      resize: 'crop',
      cropFraction: 0.95,
      interpolation: 'bicubic',
    })
    expect(sized.input.shape).toEqual([3, 96, 96])
    expect(set({ width: 80, height: 64 }).input.shape).toEqual([3, 64, 80])
    expect(preprocessingOf({ resize: 'crop' }).cropFraction).toBe(0.875)
  })

  it.each([
    [{ normalisation: 'custom', deviation: [1] }, /needs its mean.*Set mean too/s],
    [{ normalisation: 'custom', mean: [0.5, 0.5], deviation: [1] }, /Two are given/],
    [{ normalisation: 'custom', mean: [0.5], deviation: [0] }, /can't be divided by/],
    [{ normalisation: 'custom', mean: [127.5], deviation: [127.5] }, /Divide by 255: \[0\.5, 0\.5, 0\.5\]/],
  ] as const)('%j is refused with advice', (settings, said) => {
    let text = 'was accepted'
    try {
      set(settings as unknown as z.input<typeof schema>)
    } catch (error) {
      text = textOf(error)
    }
    expect(text).toMatch(said)
  })
})
