// The memory that training is expected to need against what it takes: `trainingMemory` for torchvision networks at 224,
// each measured in a process of its own, with the environment of Graft's runs.
//   node packages/tests/bench/training-memory.mjs
// Writes results/training-memory.json (graft: predicted, peer: measured, in MB). Needs a build; says so and stops where
// /usr/bin/python3 has no torchvision.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freeze, inferShapes, readNetwork } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { computingEnvironment, onnxEngine, singleLabel } from '@graft/engines'
import { keepResults, machineFacts } from './bench-kit.mjs'

const python = process.env.GRAFT_PYTHON ?? '/usr/bin/python3'
const optimizer = { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 }
const megabyte = 2 ** 20
const [file, batchText, statistics] = process.argv.slice(2)

if (file !== undefined) console.log(JSON.stringify(await measure(file, Number(batchText), statistics)))
else if (spawnSync(python, ['-c', 'import torchvision']).status !== 0)
  console.log(`Skipped: ${python} has no torchvision (apt-get install python3-torchvision, or set GRAFT_PYTHON).`)
else measureAll()

function measureAll() {
  const directory = mkdtempSync(join(tmpdir(), 'graft-memory-'))
  const rows = []
  try {
    for (const model of ['resnet18', 'mobilenet_v2', 'efficientnet_b0']) {
      const path = join(directory, `${model}.onnx`)
      const script = `import torch, torchvision
torch.onnx.export(torchvision.models.${model}(weights=None).eval(), torch.randn(2, 3, 224, 224), '${path}', opset_version=13, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False, input_names=['input'], output_names=['logits'], dynamic_axes={'input': {0: 'batch'}, 'logits': {0: 'batch'}})`
      spawnSync(python, ['-W', 'ignore', '-c', script])
      for (const [images, policy] of [
        [4, 'frozen'],
        [16, 'frozen'],
        [32, 'frozen'],
        [16, 'batch'],
      ]) {
        const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), path, String(images), policy], {
          encoding: 'utf8',
          env: computingEnvironment(process.env),
        })
        const { predicted, measured } = JSON.parse(stdout)
        rows.push({
          name: `${model}, batch ${images}, ${policy} statistics`,
          graft: predicted / megabyte,
          peer: measured / megabyte,
          ratio: predicted / measured,
          unit: 'MB',
        })
        console.log(
          `${rows.at(-1).name}: ${rows.at(-1).graft.toFixed(0)} MB predicted, ${rows.at(-1).peer.toFixed(0)} MB measured`,
        )
      }
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
  keepResults('training-memory', rows, machineFacts())
}

async function measure(path, images, policy) {
  const loaded = await readNetwork(await openModelFiles(path))
  const network = freeze(loaded.network, { frozen: false, statistics: policy })
  const batch = { shape: [images, 3, 224, 224], data: new Float32Array(images * 3 * 224 * 224).fill(0.5) }
  const outputs = inferShapes(network).get(network.output)[1]
  const targets = singleLabel.targets(
    Array.from({ length: images }, (_, index) => index),
    outputs,
    { labelSmoothing: 0 },
  )
  const before = process.memoryUsage().rss
  const trainer = await onnxEngine.trainer(network, {
    tensors: loaded.tensors,
    optimizer,
    loss: singleLabel.loss,
    seed: 1,
  })
  for (let step = 0; step < 3; step++) await trainer.step(batch, targets, 1e-4, step)
  return {
    predicted: onnxEngine.trainingMemory(network, images, optimizer),
    measured: process.resourceUsage().maxRSS * 1024 - before,
  }
}
