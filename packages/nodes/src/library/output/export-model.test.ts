import { onnxEngine } from '@graft/engines'
import { check, emptyDocument, type FileValue, type Sample } from '@graft/graph-schema'
import { writers } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { embeddedBackbones, loadEmbeddedBackbone } from '../../backbones/index.js'
import { writeSamples } from '../../sdk/samples.js'
import { manifestOf } from '../../sdk/manifest.js'
import { createTestContext, type TestContext } from '../../testing/test-context.js'
import { storeModel } from '../support/model-weights.js'
import { exportModel } from './export-model.js'

const newContext = (): TestContext => createTestContext({ engines: { forward: onnxEngine, training: onnxEngine } })

function pictograms(count: number): readonly Sample[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${index}`,
    label: index % 40,
    fingerprint: `pictogram ${index}`,
    generated: { family: 'source', classIndex: index % 40, index: 9000 + index, seed: 3, size: 64 },
  }))
}

async function exported(format: string, context: TestContext, withImages = false) {
  const loaded = await loadEmbeddedBackbone(embeddedBackbones[0]!)
  const model = await storeModel(loaded, context.store)
  const dataset = {
    kind: 'dataset',
    name: 'pictograms',
    split: 'val',
    classNames: loaded.network.head?.names ?? [],
    count: 80,
    samples: await writeSamples(pictograms(80), context.store),
  } as never
  const params = exportModel.params.parse({ format })
  const inputs = { model, metrics: [], ...(withImages && { images: dataset, compare: dataset }) }
  const { file, card } = await exportModel.run({ params, inputs, context })
  const text = async (value: unknown): Promise<string> =>
    new TextDecoder().decode(await context.store.get((value as FileValue).blob.sha256))
  return { file: file as FileValue, card: await text(card), said: context.messages().join('\n') }
}

const general = writers.filter(({ id }) => ['onnx', 'onnx-image', 'onnx-fp16', 'safetensors', 'tfjs'].includes(id))

describe('Export Model', () => {
  it.each(general.map(({ id }) => id))('runs what it wrote and says how far its answers are off: %s', async (id) => {
    const { file, card, said } = await exported(id, newContext())
    expect(file.blob.name).toMatch(/^model\./)
    const check =
      /Checked in (.*) on 8 generated images: (.*) get the same answer, largest difference of a probability (.*)\./
    expect(said).toMatch(check)
    expect(Number(check.exec(said)?.[3])).toBeLessThanOrEqual(writers.find((writer) => writer.id === id)!.tolerance)
    expect(card).toContain(check.exec(said)?.[0])
    expect(card).toMatch(/^---\nlicense: apache-2\.0\npipeline_tag: image-classification/)
  })

  it('measures the accuracy before and after where labelled images are connected: 8 bits', async () => {
    const { said } = await exported('onnx-int8', newContext(), true)
    expect(said).toContain('on 80 of your images')
    const [, before, after] = /Accuracy on 80 images: ([\d.]+)% before export, ([\d.]+)% in the file/.exec(said) ?? []
    expect(Number(before)).toBeGreaterThan(85)
    expect(Math.abs(Number(after) - Number(before))).toBeLessThan(2)
  })

  it('asks for images where a format needs them, at their port', async () => {
    await expect(exported('onnx-int8', newContext())).rejects.toMatchObject({
      field: 'images',
      message: expect.stringMatching(/8 bits needs images/),
      fix: expect.stringMatching(/training images/),
    })
  })

  it('is refused before anything runs where a format needs images and none are connected', () => {
    const refused = writers.filter(({ id }) => {
      const nodes = { export: { type: 'export-model', version: 1, params: { format: id } } }
      const found = check({ ...emptyDocument('small'), nodes }, [manifestOf(exportModel)])
      return found.some(({ code, field }) => code === 'input-unconnected' && field === 'images')
    })
    expect(refused.map(({ id }) => id)).toEqual(['onnx-int8'])
  })

  it('gives a card that says classes, preparation, origin and how to use the file', async () => {
    const { card } = await exported('onnx-image', newContext())
    for (const heading of ['Classes', 'How images are prepared', 'Where it comes from', 'How to use it'])
      expect(card).toContain(`## ${heading}`)
    for (const language of ['python', 'javascript', 'csharp']) expect(card).toContain(`\`\`\`${language}`)
    expect(card).toContain('InferenceSession("model.onnx")')
  })
})
