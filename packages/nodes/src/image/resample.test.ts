import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import type { Image } from './image.js'
import { resample, resamplePlain } from './resample.js'
import { resampleSimd } from './resample-simd.js'
import { weightsOf } from './resample-weights.js'

/** The image that the reference values were computed on. */
function pattern(width: number, height: number): Image {
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, at) => (at * 37 + (at >> 3) * 11 + (at % 7) * 29) & 255,
  )
  return { width, height, data }
}

/**
 * Made by Pillow 9.4:
 * a = np.fromfunction(lambda at: (at*37 + (at>>3)*11 + (at%7)*29) & 255, (h*w*3,),
 * dtype=int).astype('uint8').reshape(h, w, 3) Image.fromarray(a).resize((width, height), resample, box=box)
 */
const references: readonly {
  readonly from: [number, number]
  readonly box: readonly [number, number, number, number]
  readonly to: readonly [number, number]
  readonly interpolation: 'bilinear' | 'bicubic'
  readonly data: readonly number[]
}[] = [
  {
    from: [13, 9],
    box: [0, 0, 13, 9],
    to: [4, 3],
    interpolation: 'bilinear',
    data: [
      114, 105, 124, 132, 138, 127, 135, 144, 154, 126, 130, 105, 129, 135, 123, 137, 128, 134, 118, 121, 128, 110, 121,
      122, 144, 144, 131, 136, 119, 126, 107, 113, 129, 140, 132, 122,
    ],
  },
  {
    from: [13, 9],
    box: [0, 0, 13, 9],
    to: [5, 4],
    interpolation: 'bicubic',
    data: [
      102, 90, 128, 137, 125, 106, 117, 149, 151, 155, 138, 148, 130, 141, 89, 113, 122, 109, 128, 138, 134, 148, 128,
      159, 103, 151, 119, 103, 99, 116, 146, 145, 142, 149, 146, 121, 122, 96, 133, 107, 112, 118, 122, 132, 122, 132,
      146, 138, 162, 113, 118, 96, 125, 123, 120, 108, 138, 155, 143, 124,
    ],
  },
  {
    from: [6, 5],
    box: [0, 0, 6, 5],
    to: [9, 7],
    interpolation: 'bilinear',
    data: [
      0, 66, 132, 99, 37, 103, 188, 7, 75, 150, 4, 79, 143, 108, 51, 136, 202, 21, 98, 164, 18, 86, 157, 122, 83, 160,
      226, 21, 87, 153, 62, 73, 139, 118, 54, 121, 181, 35, 105, 182, 74, 87, 162, 131, 68, 144, 190, 49, 125, 193, 88,
      110, 181, 131, 61, 127, 120, 52, 119, 149, 67, 104, 170, 167, 81, 147, 163, 66, 132, 144, 79, 116, 181, 175, 95,
      173, 174, 80, 155, 148, 69, 125, 191, 1, 96, 168, 106, 68, 143, 209, 72, 140, 206, 44, 110, 176, 50, 82, 148, 189,
      86, 152, 222, 58, 124, 219, 29, 95, 151, 217, 72, 145, 212, 82, 132, 200, 114, 106, 172, 207, 89, 159, 225, 83,
      146, 212, 100, 120, 186, 175, 103, 169, 245, 93, 159, 94, 160, 116, 138, 149, 99, 176, 133, 97, 153, 110, 159,
      136, 150, 163, 119, 190, 147, 100, 167, 124, 139, 150, 161, 183, 138, 204, 5, 71, 137, 104, 42, 135, 202, 12, 124,
      199, 9, 93, 175, 113, 56, 150, 216, 26, 147, 213, 23, 117, 189, 127, 88, 165, 231,
    ],
  },
  {
    from: [6, 5],
    box: [0, 0, 6, 5],
    to: [9, 7],
    interpolation: 'bicubic',
    data: [
      0, 68, 134, 101, 35, 100, 210, 0, 67, 145, 0, 80, 138, 116, 48, 137, 226, 11, 90, 160, 1, 78, 150, 131, 80, 158,
      251, 14, 82, 165, 49, 70, 144, 120, 48, 115, 197, 26, 98, 201, 62, 83, 171, 134, 63, 141, 205, 36, 116, 208, 85,
      102, 190, 137, 60, 126, 127, 32, 121, 157, 46, 107, 184, 187, 80, 146, 181, 43, 131, 146, 58, 118, 195, 193, 94,
      179, 192, 68, 151, 152, 51, 129, 194, 0, 97, 169, 100, 65, 141, 222, 75, 142, 211, 31, 109, 175, 37, 79, 145, 198,
      89, 155, 234, 57, 123, 219, 25, 91, 168, 233, 72, 157, 233, 64, 133, 223, 99, 95, 188, 226, 77, 168, 252, 74, 147,
      234, 80, 110, 202, 183, 92, 174, 255, 87, 158, 92, 162, 126, 141, 154, 93, 190, 135, 81, 157, 104, 163, 141, 154,
      171, 123, 205, 150, 84, 171, 117, 135, 152, 165, 182, 144, 217, 0, 66, 139, 94, 33, 141, 217, 0, 131, 209, 0, 87,
      179, 109, 41, 151, 232, 8, 155, 223, 0, 112, 191, 129, 74, 165, 249,
    ],
  },
  {
    from: [20, 16],
    box: [2.3, 1.5, 17.25, 14],
    to: [6, 5],
    interpolation: 'bilinear',
    data: [
      141, 130, 128, 131, 123, 145, 99, 142, 121, 121, 108, 137, 122, 135, 114, 126, 139, 118, 137, 105, 134, 143, 134,
      114, 129, 125, 139, 136, 130, 136, 125, 131, 124, 141, 149, 131, 149, 130, 103, 119, 115, 127, 135, 118, 128, 123,
      122, 131, 131, 120, 131, 117, 140, 120, 135, 144, 123, 134, 123, 126, 138, 137, 132, 140, 102, 146, 162, 123, 118,
      128, 125, 122, 125, 135, 123, 125, 135, 112, 120, 106, 137, 152, 119, 123, 131, 116, 129, 146, 138, 130,
    ],
  },
  {
    from: [20, 16],
    box: [0, 0, 20, 16],
    to: [20, 6],
    interpolation: 'bilinear',
    data: [
      60, 126, 176, 162, 98, 144, 121, 68, 140, 190, 176, 107, 57, 135, 82, 148, 103, 190, 121, 66, 149, 96, 162, 111,
      143, 135, 80, 98, 110, 156, 125, 151, 149, 94, 112, 119, 170, 139, 91, 137, 108, 126, 133, 179, 153, 105, 151,
      116, 140, 147, 92, 162, 119, 64, 130, 148, 161, 106, 115, 128, 94, 126, 129, 184, 135, 95, 158, 102, 140, 143,
      119, 143, 103, 93, 116, 148, 151, 133, 157, 112, 107, 130, 162, 159, 104, 129, 126, 73, 144, 97, 173, 113, 143,
      134, 87, 153, 111, 181, 127, 72, 148, 101, 167, 119, 116, 141, 86, 156, 115, 181, 127, 124, 155, 94, 91, 123, 152,
      141, 96, 120, 138, 96, 162, 115, 121, 138, 84, 146, 110, 176, 111, 130, 152, 81, 95, 118, 160, 125, 144, 131, 95,
      109, 132, 168, 139, 105, 145, 103, 123, 146, 182, 147, 119, 69, 117, 132, 160, 107, 161, 127, 83, 131, 146, 169,
      103, 110, 141, 91, 145, 160, 153, 112, 124, 155, 88, 154, 120, 167, 126, 79, 88, 124, 147, 162, 96, 113, 132, 97,
      138, 161, 176, 105, 127, 146, 81, 147, 110, 172, 119, 69, 142, 95, 161, 119, 186, 133, 83, 150, 109, 175, 133,
      105, 147, 97, 75, 117, 189, 147, 119, 155, 111, 89, 131, 143, 161, 103, 116, 120, 103, 145, 92, 169, 117, 130,
      116, 111, 159, 106, 165, 126, 97, 94, 127, 150, 145, 99, 124, 106, 108, 141, 164, 147, 113, 138, 120, 117, 155,
      99, 161, 122, 73, 128, 131, 163, 113, 96, 136, 81, 142, 145, 177, 115, 110, 150, 89, 150, 159, 148, 129, 119, 121,
      103, 164, 125, 162, 143, 90, 130, 117, 178, 139, 171, 151, 104, 64, 126, 113, 153, 106, 159, 145, 94, 160, 107,
      191, 136, 67, 154, 108, 174, 121, 98, 150, 81, 168, 117, 188, 135, 112, 158, 95, 81, 131, 123, 149, 106, 98, 103,
      95, 145, 137, 158, 120, 112, 117, 103, 159, 90, 172, 129, 65, 131, 117, 167, 104, 186, 143, 74, 145, 131, 181,
      112, 99, 157, 88, 154, 125, 195, 126, 107,
    ],
  },
]

/** What `resample` does inside, in both forms. */
function bothForms(
  image: Image,
  [left, top, right, bottom]: readonly [number, number, number, number],
  [width, height]: readonly [number, number],
  interpolation: 'bilinear' | 'bicubic',
): { readonly simd: Uint8Array | null; readonly plain: Uint8Array } {
  const columns = weightsOf(image.width, left, right - left, width, interpolation)
  const rows = weightsOf(image.height, top, bottom - top, height, interpolation)
  return {
    simd: resampleSimd(image, columns, rows, width, height),
    plain: resamplePlain(image, columns, rows, width, height),
  }
}

describe('resample', () => {
  for (const { from, box, to, interpolation, data } of references) {
    it(`gives exactly Pillow's pixels: ${from.join('x')} [${box.join(', ')}] to ${to.join('x')}, ${interpolation}`, () => {
      const [left, top, right, bottom] = box
      const result = resample(
        pattern(...from),
        { left, top, width: right - left, height: bottom - top },
        to[0],
        to[1],
        interpolation,
      )
      expect([...result.data]).toEqual(data)
      expect([...bothForms(pattern(...from), box, to, interpolation).plain]).toEqual(data)
    })
  }

  const seed = Number(process.env['GRAFT_TEST_SEED'] ?? Math.floor(Math.random() * 1e9))
  it(`gives the same pixels four values at a time as one by one, for 300 images and regions (seed ${seed})`, () => {
    const random = createRandom(seed)
    const whole = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1))
    for (let round = 0; round < 300; round++) {
      const [width, height] = [whole(1, 90), whole(1, 90)]
      // Noise, and now and then nothing but black and white, where bicubic weights overshoot.
      const image = {
        width,
        height,
        data: Uint8Array.from({ length: width * height * 3 }, () =>
          round % 3 === 0 ? 255 * whole(0, 1) : whole(0, 255),
        ),
      }
      const [left, top] = [random() * (width - 1), random() * (height - 1)]
      const box = [
        left,
        top,
        left + 0.2 + random() * (width - left - 0.2),
        top + 0.2 + random() * (height - top - 0.2),
      ] as const
      const to = [whole(1, 70), whole(1, 70)] as const
      const { simd, plain } = bothForms(image, box, to, round % 2 === 0 ? 'bilinear' : 'bicubic')
      expect(
        Buffer.from(simd ?? []).equals(plain),
        `round ${round}: ${width}x${height} [${box.join(', ')}] to ${to.join('x')}`,
      ).toBe(true)
    }
  })

  it('leaves images to the plain form that need more memory than it keeps', () => {
    const image = { width: 5000, height: 5000, data: new Uint8Array(5000 * 5000 * 3).fill(7) }
    expect(bothForms(image, [0, 0, 5000, 5000], [2, 2], 'bilinear').simd).toBeNull()
    expect([...resample(image, { left: 0, top: 0, width: 5000, height: 5000 }, 2, 2, 'bilinear').data]).toEqual(
      Array(12).fill(7),
    )
  })

  it('uses what its WebAssembly text compiles to', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [fileURLToPath(new URL('../../../../scripts/write-wasm.mjs', import.meta.url)), '--check'],
      { encoding: 'utf8' },
    )
    expect(status, stderr).toBe(0)
  })

  it('gives a copy, not the image itself, when nothing changes', () => {
    const image = pattern(5, 4)
    const result = resample(image, { left: 0, top: 0, width: 5, height: 4 }, 5, 4, 'bilinear')
    expect(result.data).toEqual(image.data)
    expect(result.data).not.toBe(image.data)
  })
})
