import { fixOf } from '@graft/errors'
import { describe, expect, it } from 'vitest'
import { filesInMemory } from '../model-files.js'
import { readNetwork } from '../read-network.js'
import { encodeSafetensors } from '../safetensors/write.js'

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const weights = encodeSafetensors(new Map([['blocks.0.odd.weight', { shape: [2], data: Float32Array.of(1, 2) }]]))

const fixFor = (beside: Record<string, Uint8Array>): Promise<string> =>
  readNetwork(filesInMemory({ 'model.safetensors': weights, ...beside })).then(
    () => '',
    (error: unknown) => fixOf(error, ''),
  )

describe('weights of a network that Graft can’t build', () => {
  it('are answered with how to export the network that config.json beside them names', async () => {
    const timm = { architecture: 'coatnet_0_rw_224', num_classes: 12, pretrained_cfg: { input_size: [3, 192, 160] } }
    const fix = await fixFor({ 'config.json': json(timm) })
    expect(fix).toContain("timm.create_model('coatnet_0_rw_224', num_classes=12, checkpoint_path='model.safetensors')")
    expect(fix).toContain('torch.zeros(1, 3, 192, 160)')
    const hub = await fixFor({ 'config.json': json({ architectures: ['BeitForImageClassification'] }) })
    expect(hub).toMatch(/transformers' BeitForImageClassification.*optimum-cli export onnx --model FOLDER/)
  })

  it('are answered in general where nothing names it, or what names it could be a program', async () => {
    for (const beside of [
      {},
      { 'config.json': json({ architecture: "x'); import os" }) },
      { 'config.json': json(3) },
    ]) {
      const fix = await fixFor(beside)
      expect(fix).toContain('torch.onnx.export(model.eval()')
      expect(fix).not.toContain('import os')
    }
  })
})
