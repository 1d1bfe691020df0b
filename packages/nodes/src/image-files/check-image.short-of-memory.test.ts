import realSharp from 'sharp'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { checkImage } from './check-image.js'
import type { SharpLibrary } from './sharp-library.js'

/** How many of the next decodings fail, as they do where no memory is left. */
const failures = vi.hoisted(() => ({ left: 0, message: 'Input buffer has corrupt header' }))

vi.mock('./sharp-library.js', () => {
  const failing = ((...args: Parameters<SharpLibrary>) => {
    if (failures.left-- > 0) throw new Error(failures.message)
    return realSharp(...args)
  }) as SharpLibrary
  return { loadSharp: () => Promise.resolve(Object.assign(failing, realSharp)) }
})

const grey = { create: { width: 8, height: 8, channels: 3, background: { r: 90, g: 90, b: 90 } } } as const
const sound = await realSharp(grey).png().toBuffer()

describe('an image that the decoder refuses for want of memory (fault 10 of machines)', () => {
  beforeEach(() => void Object.assign(failures, { left: 0, message: 'Input buffer has corrupt header' }))

  it('is read once more', async () => {
    failures.left = 1
    expect(await checkImage('a.png', sound)).toMatchObject({ ok: true })
  })

  it('is not called damaged where the decoder reads nothing at all', async () => {
    failures.left = Number.POSITIVE_INFINITY
    await expect(checkImage('a.png', sound)).rejects.toThrow(/ENOMEM.*a\.png/)
  })

  it('is refused by what it lacks where only small images can be read', async () => {
    const file = Buffer.concat([sound, Buffer.alloc(1)])
    const refuseLarge = ((input: Buffer, ...rest: never[]) => {
      if (input === file) throw new Error('vips_tracked: out of memory')
      return realSharp(input, ...rest)
    }) as SharpLibrary
    const library = await import('./sharp-library.js')
    vi.spyOn(library, 'loadSharp').mockResolvedValue(refuseLarge)
    expect(await checkImage('a.png', file)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^out of memory/) as unknown,
    })
    vi.restoreAllMocks()
  })

  it('while a damaged one is called so', async () => {
    const damaged = Buffer.from(sound)
    damaged.fill(7, 40, damaged.length - 12)
    expect(await checkImage('a.png', damaged)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^damaged/) as unknown,
    })
  })
})
