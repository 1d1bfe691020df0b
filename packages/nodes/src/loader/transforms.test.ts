import { describe, expect, it } from 'vitest'
import type { Sample, Transform } from '@graft/graph-schema'
import type { Preprocessing } from '@graft/network'
import type { Image } from '../image/image.js'
import { Preparer } from './prepare.js'
import { bindTransforms, transforms } from '../transforms/index.js'

const size = 48
const preprocessing: Preprocessing = {
  height: size,
  width: size,
  resize: 'stretch',
  cropFraction: 1,
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  mean: [0.5, 0.25, 0.75],
  deviation: [1, 1, 1],
}
const sampleOf = (index: number): Sample => ({
  id: `${index}`,
  // Larger than the network's input, so that it is resized.
  generated: { family: 'source', classIndex: 3, index, seed: 1, size: 60 },
  label: 0,
  fingerprint: `fingerprint ${index}`,
})
const sample = sampleOf(0)

function view(data: readonly Omit<Transform, 'seed'>[], number = 0, of: Sample = sample, seed = 0): Promise<Image> {
  return new Preparer(
    { preprocessing, transforms: data.map((transform) => ({ ...transform, seed: 11 })), seed },
    0,
  ).image(of, number)
}
const plain = (): Promise<Image> => view([])

/** Options that surely change an image, and options that change none. */
const cases: readonly {
  readonly name: string
  readonly strong: Transform['options']
  readonly identity: Transform['options']
}[] = [
  { name: 'resizedCrop', strong: { minScale: 0.2 }, identity: { minScale: 1, ratio: 1 } },
  { name: 'horizontalFlip', strong: { probability: 1 }, identity: { probability: 0 } },
  { name: 'verticalFlip', strong: { probability: 1 }, identity: { probability: 0 } },
  { name: 'rotation', strong: { degrees: 90 }, identity: { degrees: 0 } },
  { name: 'translation', strong: { fraction: 0.5 }, identity: { fraction: 0 } },
  { name: 'colorJitter', strong: { brightness: 1, contrast: 1, saturation: 1, hue: 0.5 }, identity: {} },
  { name: 'grayscale', strong: { probability: 1 }, identity: { probability: 0 } },
  { name: 'blur', strong: { probability: 1, sigma: 20 }, identity: { probability: 0 } },
  { name: 'erasing', strong: { probability: 1 }, identity: { probability: 0 } },
  { name: 'perspective', strong: { probability: 1, distortion: 0.6 }, identity: { probability: 0 } },
  { name: 'noise', strong: { probability: 1, deviation: 0.5 }, identity: { probability: 0 } },
  { name: 'compression', strong: { probability: 1, minQuality: 1 }, identity: { probability: 0 } },
  { name: 'interpolation', strong: { probability: 1 }, identity: { probability: 0 } },
  { name: 'trivialAugment', strong: { strength: 1 }, identity: { strength: 0 } },
  { name: 'randAugment', strong: { count: 3, strength: 1 }, identity: { count: 0 } },
]

it('tests every transform of the list', () => {
  expect(cases.map(({ name }) => name)).toEqual(transforms.map(({ name }) => name))
})

describe.each(cases)('$name', ({ name, strong, identity }) => {
  it('changes the image, the same way for the same seed, image and view', async () => {
    const changed = await view([{ name, options: strong }])
    expect(changed.data).not.toEqual((await plain()).data)
    expect((await view([{ name, options: strong }])).data).toEqual(changed.data)
  })
  it('leaves the image alone with options that say so', async () => {
    expect((await view([{ name, options: identity }])).data).toEqual((await plain()).data)
    expect(bindTransforms([{ name, options: identity, seed: 0 }])).toEqual([])
  })
  it('refuses options that it does not have, by name', () => {
    expect(() => bindTransforms([{ name, options: { ...strong, wrong: 1 }, seed: 0 }])).toThrow(
      new RegExp(`"${name}".*can't be used[^]*wrong`),
    )
  })
  it('gives numbers, in the range of the image', async () => {
    for (let number = 0; number < 8; number++) {
      const values = await new Preparer(
        { preprocessing, transforms: [{ name, options: strong, seed: 2 }], seed: 0 },
        0,
      ).prepare(sample, number)
      for (const [channel, mean] of preprocessing.mean.entries()) {
        const plane = values.subarray(channel * size * size, (channel + 1) * size * size)
        expect(Math.min(...plane)).toBeGreaterThanOrEqual(-mean - 1e-5)
        expect(Math.max(...plane)).toBeLessThanOrEqual(1 - mean + 1e-5)
      }
    }
  })
})

describe('randomness', () => {
  const options = { minScale: 0.3 }
  it("differs by view, by image, by the transform's seed and by the loader's seed", async () => {
    const data = [{ name: 'resizedCrop', options }]
    const views = await Promise.all([
      view(data),
      view(data, 1),
      view(data, 0, { ...sample, fingerprint: 'other' }),
      view(data, 0, sample, 1),
    ])
    expect(new Set(views.map((image) => image.data.join())).size).toBe(4)
  })
  it('flips about half of the images', async () => {
    const original = (await plain()).data.join()
    const same = (
      await Promise.all(
        Array.from({ length: 80 }, (_, number) =>
          view([{ name: 'horizontalFlip', options: { probability: 0.5 } }], number),
        ),
      )
    ).filter((image) => image.data.join() === original).length
    expect(same).toBeGreaterThan(20)
    expect(same).toBeLessThan(60)
  })
})

describe('geometry', () => {
  const pixel = (image: Image, x: number, y: number): number[] => [
    ...image.data.subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 3),
  ]

  it('flips exactly: every pixel moves, none changes', async () => {
    const original = await plain()
    const mirrored = await view([{ name: 'horizontalFlip', options: { probability: 1 } }])
    const upsideDown = await view([{ name: 'verticalFlip', options: { probability: 1 } }])
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        expect(pixel(mirrored, size - 1 - x, y)).toEqual(pixel(original, x, y))
        expect(pixel(upsideDown, x, size - 1 - y)).toEqual(pixel(original, x, y))
      }
    }
  })

  it('gives the image back when flipped twice', async () => {
    const flip = { name: 'horizontalFlip', options: { probability: 1 } }
    expect((await view([flip, flip])).data).toEqual((await plain()).data)
  })
})

describe('colour', () => {
  it('erases to the mean of the network, which becomes zero', async () => {
    const values = await new Preparer(
      { preprocessing, transforms: [{ name: 'erasing', options: { probability: 1, maxArea: 0.5 }, seed: 1 }], seed: 0 },
      0,
    ).prepare(sample, 0)
    const zeros = Array.from({ length: size * size }, (_, at) =>
      [0, 1, 2].every((channel) => Math.abs(values[channel * size * size + at]!) < 1e-6),
    ).filter(Boolean).length
    expect(zeros).toBeGreaterThan(size * size * 0.02)
  })
  it('leaves equal channels when colour is taken away', async () => {
    const { data } = await view([{ name: 'grayscale', options: { probability: 1 } }])
    for (let at = 0; at < data.length; at += 3) expect([data[at + 1], data[at + 2]]).toEqual([data[at], data[at]])
  })
  it('keeps brightness when only the hue turns', async () => {
    const luma = ({ data }: Image): number =>
      data.reduce((sum, value, at) => sum + value * [0.299, 0.587, 0.114][at % 3]!, 0) / (data.length / 3)
    expect(
      Math.abs(luma(await view([{ name: 'colorJitter', options: { hue: 0.1 } }], 3)) - luma(await plain())),
    ).toBeLessThan(6)
  })
})

it('names the known transforms when asked for an unknown one', () => {
  expect(() => bindTransforms([{ name: 'swirl', options: {}, seed: 0 }])).toThrow(
    /no augmentation "swirl"; expected one of: resizedCrop, horizontalFlip/,
  )
})
