import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { callStubGraft } from '../testing/call-graft.js'

const folder = mkdtempSync(join(tmpdir(), 'graft-convert-'))
const at = (name: string): string => join(folder, name)

describe('graft convert', () => {
  it('writes what the ending says, runs it, and says how far its answers are off', async () => {
    const { code, stdout, stderr } = await callStubGraft(['convert', 'embedded:graftnet-64', at('net.onnx'), '--card'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/wrote .*net\.onnx \(ONNX model, \d+ kB\)/)
    expect(stdout).toMatch(/Checked in onnxruntime on 8 generated images: all get the same answer, largest difference/)
    expect(readFileSync(at('net.onnx.md'), 'utf8')).toContain('## How to use it')
  })

  it('goes on from what it wrote, in every other format', async () => {
    for (const [name, format] of [
      ['image.onnx', 'onnx-image'],
      ['half.onnx', 'onnx-fp16'],
      ['net.safetensors', 'safetensors'],
      ['net.zip', 'tfjs'],
      ['net.keras', 'keras'],
    ] as const) {
      const { code, stdout } = await callStubGraft(['convert', at('net.onnx'), at(name), '--format', format])
      expect({ code, name }).toEqual({ code: 0, name })
      expect(stdout).toContain('Checked in')
    }
  })

  it('refuses what it can not write, says why, and leaves nothing behind', async () => {
    const unknown = await callStubGraft(['convert', 'embedded:graftnet-64', at('net.xyz')])
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toMatch(/doesn't say what to write\.\n {2}fix: Let it end in "?\.onnx/)
    const lite = await callStubGraft(['convert', 'embedded:graftnet-64', at('net.tflite')])
    expect(lite.stderr).toMatch(/fix: Write NAME\.keras, and convert it.*Let it end in \.onnx, .* or \.pth/)
    const nowhere = ['--format', 'onnx-int8', '--images', at('nowhere')]
    const lost = await callStubGraft(['convert', 'embedded:graftnet-64', at('a.onnx'), ...nowhere])
    expect(lost).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no folder') as string })
    const misspelt = await callStubGraft(['convert', 'embedded:graftnet-64', at('a.onnx'), '--format', 'onnx-int'])
    expect(misspelt.stderr).toMatch(/There is no format "onnx-int".*\n {2}fix: Did you mean "?onnx-int8/)
    const withoutImages = await callStubGraft([
      'convert',
      'embedded:graftnet-64',
      at('a.onnx'),
      '--format',
      'onnx-int8',
    ])
    expect(withoutImages.stderr).toMatch(/needs images/)
    const other = await callStubGraft(['convert', 'embedded:graftnet-64', at('a.pth')])
    expect(other.stderr).toMatch(/none of the networks whose names in PyTorch/)
    expect([existsSync(at('a.onnx')), existsSync(at('a.pth'))]).toEqual([false, false])
  })

  it('refuses to replace what it reads, a name of another format, and a folder that is not there', async () => {
    const refusal = async (...words: string[]): Promise<string> => {
      const { code, stderr } = await callStubGraft(['convert', ...words])
      expect(code).toBe(2)
      return stderr
    }
    expect(await refusal(at('net.onnx'), at('net.onnx'))).toMatch(
      /is the file that would be read; it would be replaced/,
    )
    expect(await refusal(at('net.onnx'), at('b.onnx'), '--format', 'keras')).toMatch(
      /named like a file of the format ONNX model, but --format says Keras model.*\.\n {2}fix: Let its name end in \.keras/,
    )
    expect(await refusal(at('net.onnx'), at('b.h5'))).toMatch(/which Graft reads but doesn't write/)
    expect(await refusal(at('net.onnx'), at('none/b.onnx'))).toMatch(/There is no folder .*none to write to/)
    expect([existsSync(at('none')), existsSync(at('b.onnx'))]).toEqual([false, false])
  })

  it('reads back an ONNX file with preprocessing inside, and one in 8 bits', async () => {
    const again = await callStubGraft(['convert', at('image.onnx'), at('again.keras')])
    expect(again.code).toBe(0)
    mkdirSync(at('photos'))
    for (const red of [30, 200])
      await sharp({ create: { width: 80, height: 70, channels: 3, background: { r: red, g: 90, b: 20 } } })
        .png()
        .toFile(at(`photos/${red}.png`))
    const eight = await callStubGraft([
      'convert',
      at('net.onnx'),
      at('8.onnx'),
      '--format',
      'onnx-int8',
      '--images',
      at('photos'),
    ])
    expect(eight.code).toBe(0)
    expect((await callStubGraft(['convert', at('8.onnx'), at('c.onnx')])).code).toBe(0)
  })
})
