import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onnxEngine } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ModelValue } from '../../sdk/values.js'
import { createTestContext, type TestContext } from '../../testing/test-context.js'
import { loadBackbone } from '../model/load-backbone.js'
import { computeLogits } from './compute-logits.js'

const directory = mkdtempSync(join(tmpdir(), 'graft-views-'))
afterAll(() => rmSync(directory, { recursive: true }))
const made = createTestContext()
const context = Object.create(made, {
  engines: { value: { forward: onnxEngine, training: onnxEngine } },
  cacheDirectory: { value: directory },
}) as TestContext
let model: ModelValue

/** A picture that looks different in a mirror, and that mirror image. */
async function pictures(): Promise<readonly Sample[]> {
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) => ((at % 192) * (1 + Math.floor(at / 192 / 9))) % 256)
  const picture = sharp(data, { raw: { width: 64, height: 64, channels: 3 } }).png()
  const [path, mirrored] = [join(directory, 'a.png'), join(directory, 'b.png')]
  await picture.clone().toFile(path)
  await picture.clone().flop().toFile(mirrored)
  return [path, mirrored].map((file) => ({ id: file, path: file, label: 0, fingerprint: file }))
}

beforeAll(async () => {
  const outputs = await loadBackbone.run({ params: loadBackbone.params.parse({}), inputs: {}, context: made } as never)
  model = outputs.model as ModelValue
})

it('an image and its mirror image get the same answer where both views count', async () => {
  const samples = await pictures()
  const width = model.network.head?.names.length ?? 0
  const distance = (logits: Float32Array): number =>
    Math.max(...Array.from({ length: width }, (_, at) => Math.abs((logits[at] ?? 0) - (logits[width + at] ?? 0))))
  expect(distance(await computeLogits(model, samples, context, { batchSize: 2 }))).toBeGreaterThan(0.05)
  expect(distance(await computeLogits(model, samples, context, { batchSize: 2, views: 'mirrored' }))).toBeLessThan(1e-4)
})
