import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { Workplace } from '../../acceptance/run-graft.js'
import { hasPyTorch, python } from '../program/python.js'
import { calibratedNetwork } from './calibrated-network.js'
import { compareProgram, limits } from './compare-program.js'
import { networkGraph } from './network-graph.js'

const workplace = new Workplace()
afterAll(() => {
  workplace.remove()
  vi.unstubAllEnvs()
})

describe.skipIf(!hasPyTorch)(`programs of networks as people have them (${python})`, () => {
  it('take the steps of the onnx engine and give its answers: ViT-Ti with AdamW', async () => {
    vi.stubEnv('GRAFT_HOME', workplace.home)
    const source = join(workplace.directory, 'vit_tiny_patch16_224.safetensors')
    writeFileSync(source, await calibratedNetwork('vit_tiny_patch16_224', workplace))
    const document = networkGraph({ id: 'vit_tiny_patch16_224', optimizer: 'adamw', statistics: 'frozen' }, source)
    const found = await compareProgram(workplace, 'vit_tiny_patch16_224', document)
    expect(found).toMatchObject({ steps: 30, evaluation: { others: 0 }, predictions: { others: 0 }, moved: 0 })
    expect(found.frozen).toBeGreaterThan(0)
    expect(found.predictions.images).toBe(found.evaluation.images)
    expect(found.loss).toBeLessThan(limits.loss)
    expect(found.evaluation.probability).toBeLessThan(limits.probability)
    expect(found.predictions.probability).toBeLessThan(limits.probability)
  })
})
