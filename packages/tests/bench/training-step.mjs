// Forward passes and training steps of torchvision networks: Graft (onnx, tfjs) against PyTorch (eager, channels last), the same threads, taking turns.
//   node packages/tests/bench/training-step.mjs [--models resnet18,mobilenet_v2,efficientnet_b0] [--rounds 5] [--size 224] [--batch 16] [--tfjs]
// Random weights, frozen batch-norm statistics, SGD with momentum. A figure is the fastest of the rounds. In "last two stages" and "head" the frozen
// part runs in both, once per step, as in PyTorch's usual script (Graft's prefix cache is measured by feature-extraction.mjs). Needs a build.
// Writes results/training-step.json; says so and stops where /usr/bin/python3 has no torchvision.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createRandom, normal, readNetwork, splitFrozenPrefix } from '@graft/network'
import { openModelFiles } from '@graft/network/node'
import { onnxEngine, tfjsEngine } from '@graft/engines'
import { keepResults, machineFacts } from './bench-kit.mjs'

const { values: options } = parseArgs({ options: { models: { type: 'string', default: 'resnet18,mobilenet_v2' }, rounds: { type: 'string', default: '5' }, size: { type: 'string', default: '224' }, batch: { type: 'string', default: '16' }, tfjs: { type: 'boolean', default: false } } })
const [rounds, size, batch] = [Number(options.rounds), Number(options.size), Number(options.batch)]
const threads = availableParallelism()
const python = process.env.GRAFT_PYTHON ?? '/usr/bin/python3'
const modes = ['forward', 'full', 'last two stages', 'head']
/** Parameter-name prefixes of the last two stages and the classifier. */
const lastStages = {
  resnet18: ['layer3.', 'layer4.', 'fc.'],
  mobilenet_v2: ['features.14.', 'features.15.', 'features.16.', 'features.17.', 'features.18.', 'classifier.'],
  efficientnet_b0: ['features.6.', 'features.7.', 'features.8.', 'classifier.'],
}
/** Lets the C library keep what PyTorch frees: by itself it gives memory back after every layer, and PyTorch then runs at a third of its speed, or not, by luck. */
const keepMemory = { MALLOC_MMAP_THRESHOLD_: String(2 ** 30), MALLOC_TRIM_THRESHOLD_: String(2 ** 34), MALLOC_TOP_PAD_: String(2 ** 30) }
const spec = { optimizer: { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 1e-4 }, loss: { labelSmoothing: 0 }, seed: 1 }

if (spawnSync(python, ['-c', 'import torchvision']).status !== 0) {
  console.log(`Skipped: ${python} has no torchvision to compare with (apt-get install python3-torchvision, or set GRAFT_PYTHON).`)
  process.exit(0)
}

const rate = (milliseconds) => (batch * 1000) / milliseconds
const directory = mkdtempSync(join(tmpdir(), 'graft-training-step-'))
const rows = []
let torch = ''
try {
  for (const model of options.models.split(',')) await measureModel(model)
} finally {
  rmSync(directory, { recursive: true })
}
keepResults('training-step', rows, machineFacts({ torch, threads, size, batch, rounds, models: options.models }))

async function measureModel(model) {
  const peer = await startPeer(model)
  torch = peer.torch
  const loaded = await readNetwork(await openModelFiles(join(directory, `${model}.onnx`)))
  const random = createRandom(1)
  const images = { shape: [batch, 3, size, size], data: Float32Array.from({ length: batch * 3 * size * size }, () => normal(random)) }
  const engines = options.tfjs ? [onnxEngine, tfjsEngine] : [onnxEngine]
  for (const mode of modes) {
    const sides = await Promise.all(engines.map((engine) => prepareSide(engine, loaded, model, mode, images)))
    const best = { peer: Infinity, ...Object.fromEntries(engines.map(({ id }) => [id, Infinity])) }
    for (let round = 0; round <= rounds; round++) {
      // The first round warms up: memory, compiled graphs.
      for (const [index, side] of sides.entries()) {
        const time = await side.run()
        if (round > 0) best[engines[index].id] = Math.min(best[engines[index].id], time)
      }
      const peerTime = await peer.run(mode)
      if (round > 0) best.peer = Math.min(best.peer, peerTime)
    }
    for (const side of sides) await side.dispose()
    for (const { id } of engines) {
      rows.push({ name: `${model}, ${mode}, ${id}`, graft: rate(best[id]), peer: rate(best.peer), ratio: best.peer / best[id], unit: 'images/s' })
      console.log(`${rows.at(-1).name}: ${rows.at(-1).graft.toFixed(1)} against ${rows.at(-1).peer.toFixed(1)} images/s, ${rows.at(-1).ratio.toFixed(2)}x`)
    }
  }
  peer.stop()
}

async function prepareSide(engine, { network, tensors }, model, mode, images) {
  if (mode === 'forward') {
    const forward = await engine.forward(network, { tensors })
    return { run: () => timed(() => forward.run(images)), dispose: () => forward.dispose() }
  }
  const prefixes = mode === 'full' ? [''] : mode === 'head' ? ['fc.', 'classifier.'] : lastStages[model]
  const { prefix, suffix, boundary } = splitFrozenPrefix(withTrainable(network, prefixes))
  const forward = prefix ? await engine.forward(prefix, { tensors }) : null
  const trainer = await engine.trainer(suffix, { ...spec, tensors })
  const labels = Int32Array.from({ length: batch }, (_, index) => index)
  let step = 0
  const run = () => timed(async () => {
    const input = forward ? (await forward.run(images))[boundary] : images
    await trainer.step(input, labels, 1e-4, step++)
  })
  return { run, dispose: async () => { await forward?.dispose(); await trainer.dispose() } }
}

/** Trains the parameters of the named layers; everything before them is frozen, statistics included. */
function withTrainable(network, prefixes) {
  const trains = (name) => prefixes.some((prefix) => name.startsWith(prefix))
  return {
    ...network,
    layers: network.layers.map((layer) => (layer.operator === 'BatchNormalization' ? { ...layer, statistics: 'frozen' } : layer)),
    parameters: Object.fromEntries(Object.entries(network.parameters).map(([name, parameter]) => [name, { ...parameter, trainable: parameter.trainable && trains(name) }])),
  }
}

async function timed(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function startPeer(model) {
  const child = spawn(python, [fileURLToPath(new URL('training-step.py', import.meta.url)), directory, model, String(size), String(batch), String(threads), JSON.stringify(lastStages[model])], { env: { ...process.env, ...keepMemory }, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`PyTorch ended while it ran ${model}; its message is above.`)
    return value.startsWith('{') ? JSON.parse(value) : next()
  }
  const { torch: version } = await next()
  return {
    torch: version,
    run: async (mode) => {
      child.stdin.write(`${JSON.stringify({ mode })}\n`)
      return (await next()).ms
    },
    stop: () => child.stdin.end(),
  }
}
