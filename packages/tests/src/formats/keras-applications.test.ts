import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onnxEngine, tfjsEngine } from '@graft/engines'
import { type LoadedNetwork, readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { afterAll, describe, expect, it } from 'vitest'
import { batchOf, differenceTo, type KerasReference } from './keras-reference.js'

/*
 * Networks of keras.applications with seeded random weights, saved in every format that Graft reads, against Keras'
 * outputs. Prints a table. GRAFT_KERAS_PYTHON: an interpreter with Keras 3; GRAFT_KERAS_NETWORKS: names of networks, or
 * "all", instead of the lighter ten families.
 */
const python = process.env['GRAFT_KERAS_PYTHON'] ?? 'python3'
const hasKeras = spawnSync(python, ['-c', 'import keras, h5py']).status === 0
if (!hasKeras)
  console.log(`skipped: ${python} has no Keras; set GRAFT_KERAS_PYTHON to an interpreter that has Keras 3 and h5py`)

const families = [
  'MobileNet',
  'MobileNetV2',
  'MobileNetV3Small',
  'ResNet50',
  'ResNet50V2',
  'DenseNet121',
  'EfficientNetB0',
  'EfficientNetV2B0',
  'NASNetMobile',
  'Xception',
  'InceptionV3',
  'ConvNeXtTiny',
]
const others = ['MobileNetV3Large', 'VGG16', 'InceptionResNetV2']
const asked = process.env['GRAFT_KERAS_NETWORKS']
const networks = asked === 'all' ? [...families, ...others] : (asked?.split(/[\s,]+/) ?? families)
const forms = ['.keras', '.h5', '-tfjs3', '-tfjs2'] as const

const trainableCount = ({ network }: LoadedNetwork): number =>
  Object.values(network.parameters)
    .filter(({ trainable }) => trainable)
    .reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0)

describe.skipIf(!hasKeras)('a network of keras.applications', () => {
  const directory = mkdtempSync(join(tmpdir(), 'graft-keras-'))
  const table: string[] = []
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true })
    console.log(`Largest difference to Keras' output over its largest value\n${table.join('\n')}`)
  })

  it.each(networks)('%s gives the outputs of Keras and learns what Keras learns, in every format', async (name) => {
    const script = fileURLToPath(new URL('export_keras.py', import.meta.url))
    execFileSync(python, [script, directory, name], { stdio: ['ignore', 'pipe', 'pipe'] })
    const reference = JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8')) as KerasReference
    for (const form of forms) {
      const loaded = await readNetwork(await openModelFiles(join(directory, `${name}${form}`)))
      // TensorFlow.js takes minutes for the large ones; its operators are compared in its own suite.
      for (const engine of form === '.keras' && name.startsWith('MobileNet')
        ? [onnxEngine, tfjsEngine]
        : [onnxEngine]) {
        const forward = await engine.forward(loaded.network, { tensors: loaded.tensors })
        const result = (await forward.run(batchOf(reference)))[loaded.network.output]
        await forward.dispose()
        const difference = differenceTo(reference, result?.data ?? [])
        table.push(`${name.padEnd(18)} ${form.padEnd(7)} ${engine.id.padEnd(10)} ${difference.toExponential(1)}`)
        expect(difference, `${name}${form}, ${engine.id}`).toBeLessThan(1e-4)
      }
      expect(trainableCount(loaded), `${name}${form}`).toBe(reference.trainable)
      expect(loaded.network.stages.at(-1)?.name).toBe('head')
      rmSync(join(directory, `${name}${form}`), { recursive: true })
    }
  })
})
