import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine } from '@graft/engines'
import { type LoadedNetwork, readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { createImageLoader } from '@graft/nodes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRealData, imagenetSamples, realMobilenet } from '../exports/real-photos.js'

// What a network means survives every one of Keras' formats: MobileNet v1 0.75 names 828 of 1,000 photos right.
const python = process.env['GRAFT_KERAS_PYTHON'] ?? 'python3'
const hasKeras = hasRealData && spawnSync(python, ['-c', 'import keras, h5py']).status === 0
if (hasRealData && !hasKeras)
  console.log(`skipped: ${python} has no Keras; set GRAFT_KERAS_PYTHON to an interpreter that has Keras 3 and h5py`)

async function namedRight({ network, tensors }: LoadedNetwork): Promise<number> {
  const samples = imagenetSamples(1000)
  const loader = createImageLoader({ samples, transforms: [], preprocessing: network.preprocessing, seed: 0 })
  const forward = await onnxEngine.forward(network, { tensors })
  let right = 0
  for (const [index, { label }] of samples.entries()) {
    const { [network.output]: logits } = await forward.run(await loader.load([index], 0))
    const values = [...(logits?.data ?? [])]
    right += values.indexOf(Math.max(...values)) === label ? 1 : 0
  }
  await Promise.all([forward.dispose(), loader.close()])
  return right
}

describe.skipIf(!hasKeras)('MobileNet v1 0.75 in the formats of Keras', () => {
  let directory = ''

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'graft-keras-imagenet-'))
    const script = fileURLToPath(new URL('mobilenet_to_keras.py', import.meta.url))
    execFileSync(python, [script, realMobilenet, directory], { stdio: ['ignore', 'pipe', 'pipe'] })
  }, 600_000)

  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it.each(['mobilenet.h5', 'mobilenet.keras'])('%s names 828 of 1,000 photos right, give or take 3', async (name) => {
    const loaded = await readNetwork(await openModelFiles(join(directory, name)))
    expect(loaded.network.head?.names[1]).toBe('goldfish')
    expect(loaded.network.preprocessing).toMatchObject({ mean: [0.5, 0.5, 0.5], resize: 'crop' })
    const right = await namedRight(loaded)
    console.log(`${name} names ${right} of 1,000 photos right`)
    expect(Math.abs(right - 828)).toBeLessThanOrEqual(3)
  })
})
