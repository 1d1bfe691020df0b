import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeBytes } from '@graft/nodes'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { hasPyTorch, programParts, python, runPython } from './python.js'

const side = 48

/** Decodes each image of the words; prints their bytes, one image to a line. */
const decoding = `
import sys
from pathlib import Path
from images import decode
for path in sys.argv[1:]:
    print(decode(Path(path)).tobytes().hex())
`

describe.skipIf(!hasPyTorch)(`photos with a colour profile, in a program (${python})`, () => {
  it('have the colours that Graft gives them; those that are sRGB already stay as they are', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'graft-profiles-'))
    for (const part of ['images.py', 'configuration.py']) cpSync(join(programParts, part), join(folder, part))
    const pixels = Uint8Array.from({ length: side * side * 3 }, (_, at) => (at * 7919 + (at >> 5) * 31) % 256)
    const plain = sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    const files = await Promise.all(
      [plain.clone(), plain.clone().withIccProfile('srgb'), plain.clone().withIccProfile('p3')].map(
        async (image, index) => {
          const path = join(folder, `${index}.png`)
          writeFileSync(path, await image.png().toBuffer())
          return path
        },
      ),
    )
    const p3 = files.at(-1) ?? ''
    const { icc } = await sharp(p3).metadata()
    expect(icc?.length).toBeGreaterThan(100)
    const decoded = runPython(folder, ['-c', decoding, ...files])
      .trim()
      .split('\n')
    for (const [index, path] of files.entries()) {
      const read = Buffer.from(decoded[index] ?? '', 'hex')
      const { data } = await decodeBytes(readFileSync(path), { width: side, height: side })
      const apart = [...data].map((value, at) => Math.abs(value - (read[at] ?? Number.NaN)))
      expect(Math.max(...apart), path).toBeLessThanOrEqual(path === p3 ? 1 : 0)
    }
    const raw = await sharp(p3, { ignoreIcc: true }).raw().toBuffer()
    const { data } = await decodeBytes(readFileSync(p3), { width: side, height: side })
    expect(Math.max(...[...data].map((value, at) => Math.abs(value - (raw[at] ?? 0))))).toBeGreaterThan(5)
  })

  it('are read as sRGB where the profile is a broken one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'graft-profiles-'))
    for (const part of ['images.py', 'configuration.py']) cpSync(join(programParts, part), join(folder, part))
    const script = `
from pathlib import Path
import numpy as np
from PIL import Image
from images import decode
pixels = np.arange(300, dtype=np.int64).reshape(10, 10, 3).astype(np.uint8)
Image.fromarray(pixels).save("broken.png", icc_profile=b"no profile" * 30)
print(bool((np.asarray(decode(Path("broken.png"))) == pixels).all()))
`
    expect(runPython(folder, ['-c', script]).trim()).toBe('True')
  })
})
