import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
})
